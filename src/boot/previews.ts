/** Previews over a WebSocket to the local node, which is opened with the first one. */
import { signal } from "@preact/signals";
import { Exception, openPortDuplex, openSocketPort } from "#base";
import type { Duplex, SocketLike } from "#base";
import { dup, serve } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import { PreviewDoor, PreviewVisitor } from "#schema";
import { toPreviewName } from "#ui";
import type { PreviewedSession, PreviewItem, Previews } from "#ui";

export interface PreviewPowers {
  /** The WebSocket's address. */
  readonly address: string;
  readonly openSocket: (address: string) => PreviewSocket;
}

/** The part of a WebSocket that is used. */
export interface PreviewSocket extends SocketLike {
  addEventListener(
    type: "message" | "close" | "open" | "error",
    listener: (event: object) => void,
  ): void;
}

/** How many of the last visits are shown. */
const VISITS = 5;

export function openPreviews({ address, openSocket }: PreviewPowers): Previews {
  const items = signal<readonly PreviewItem[]>([]);
  const shown = new Map<number, Disposable>();
  let connecting: Promise<Connection> | undefined;
  let nextId = 1;

  const change = (id: number, to: (item: PreviewItem) => PreviewItem): void => {
    items.value = items.value.map((item) => (item.id === id ? to(item) : item));
  };
  const close = (id: number): void => {
    shown.get(id)?.[Symbol.dispose]();
    shown.delete(id);
    items.value = items.value.filter((item) => item.id !== id);
  };
  const connectNode = async (): Promise<Connection> => {
    const duplex = await openDuplex(openSocket(address));
    const connection = connect(createStreamTransport(duplex));
    void connection.closed.then(() => {
      connecting = undefined;
      for (const { id } of items.value) close(id);
    });
    return connection;
  };
  const open = async (session: PreviewedSession): Promise<void> => {
    connecting ??= connectNode();
    connecting.catch(() => (connecting = undefined));
    const connection = await connecting;
    const id = nextId++;
    using handler = session.handler();
    using visitor = serve(PreviewVisitor, {
      came: (method, path, agent) =>
        change(id, (item) => ({
          ...item,
          visits: [`${method} ${path} ${agent}`, ...item.visits].slice(0, VISITS),
          visitCount: item.visitCount + 1,
        })),
    });
    using door = connection.bootstrap(PreviewDoor);
    using opened = await door.open(toPreviewName(session.path), handler, visitor);
    const preview = dup(opened.preview);
    shown.set(id, preview);
    using asked = await preview.url();
    const item = { id, image: session.path, url: asked.url, visits: [], visitCount: 0 };
    items.value = [...items.value, item];
    void session.ended.then(() => close(id));
  };
  return { items, open, close };
}

function openDuplex(socket: PreviewSocket): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const fail = (): void =>
    reject(new Exception("disconnected", "Cannot open preview: the local node does not answer"));
  // At once: the node's first message comes right after.
  socket.addEventListener("open", () => resolve(openPortDuplex(openSocketPort(socket))));
  socket.addEventListener("error", fail);
  socket.addEventListener("close", fail);
  return promise;
}
