/**
 * Previews: serves what cells of a tab serve, each at an origin of its own, `http://<name>.localhost:<port>/`.
 *
 * A tab opens them over a WebSocket at a secret address of this node, and they last as long as the tab wants. The node treats
 * a preview's page as foreign: it reaches nothing of this node but the preview itself.
 */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex as NodeStream } from "node:stream";
import { Exception, FAR_WINDOW_BYTES, openPortDuplex, openSocketPort } from "#base";
import { AnyClient, dup, serve } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import { PreviewDoor } from "#schema";
import type { HttpHandler, PreviewDoorServer, PreviewVisitor, Sandbox } from "#schema";
import { WebSocketServer } from "ws";
import { findPreviewName, isOwnPage } from "./foreign.ts";
import { answerByHandler, upgradeByHandler } from "./http-handler.ts";
import { isOfOthers, refuseSocket } from "./preview-request.ts";

export interface Previews extends Disposable {
  /** The path at which a tab opens its WebSocket, relative to the address of the page. */
  readonly path: string;
  /** Whether a WebSocket belongs to a preview, or is that of a tab. */
  serves(request: IncomingMessage): boolean;
  /** Answers a request whose host is the name of a preview, by `findPreviewName`. */
  answer(request: IncomingMessage, response: ServerResponse): void;
}

interface Shown extends Disposable {
  readonly handler: HttpHandler;
  readonly visitor: PreviewVisitor;
  /** Connections that end with the preview. */
  readonly open: Set<Held>;
  isTelling: boolean;
}

/** Previews at a time. */
const LIMIT = 64;
/** Connections of one preview at a time. */
const OPEN_LIMIT = 256;
const NAME = /^(?!\d+-)[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?$/;
const ENDED = "The program has ended, or its preview was closed";
const NOTHING_SHOWN = "Nothing is shown under this name, or no longer";
/** Length of a visitor's user agent as reported to the owner. */
const AGENT_LENGTH = 200;

/** Serves a tab's sandbox until disposed. Takes over the client. */
export type TakeSandbox = (name: string, sandbox: Sandbox) => Promise<TakenSandbox>;

export interface TakenSandbox extends Disposable {
  /** The sandbox's name on this node. */
  readonly name: string;
}

export interface PreviewsOptions {
  /** The path below which the server has its pages, with a slash at the end. */
  readonly base: string;
  readonly toUrl: (name: string) => string;
  /** Without it, sandboxes of tabs are refused. */
  readonly takeSandbox?: TakeSandbox | undefined;
}

export function servePreviews(
  server: Server,
  { base, toUrl, takeSandbox }: PreviewsOptions,
): Previews {
  const path = `previews/${randomBytes(16).toString("hex")}`;
  const shown = new Map<string, Shown>();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  const show = (wanted: string, handler: HttpHandler, visitor: PreviewVisitor): string => {
    if (!NAME.test(wanted)) {
      const state = "its name has other characters than lower-case letters, digits and dashes";
      throw new Exception("failed", `Cannot show a preview: ${state}`);
    }
    if (shown.size >= LIMIT) {
      throw new Exception("overloaded", `Cannot show a preview: ${LIMIT} are shown`);
    }
    let name = wanted;
    for (let count = 2; shown.has(name); count++) name = `${wanted}-${count}`;
    const open = new Set<Held>();
    shown.set(name, {
      handler: dup(handler),
      visitor: dup(visitor),
      open,
      isTelling: false,
      [Symbol.dispose]() {
        shown.delete(name);
        this.handler[Symbol.dispose]();
        this.visitor[Symbol.dispose]();
        for (const connection of open) cut(connection);
      },
    });
    return name;
  };
  const door: PreviewDoorServer = {
    open(wanted, handler, visitor) {
      const name = show(wanted, handler, visitor);
      const preview = {
        url: () => ({ url: toUrl(name) }),
        [Symbol.dispose]: () => shown.get(name)?.[Symbol.dispose](),
      };
      return { preview };
    },
    async offer(wanted, sandbox) {
      if (takeSandbox === undefined) {
        const state = "this node answers for none; start it with --sandboxes";
        throw new Exception("unimplemented", `Cannot offer a sandbox: ${state}`);
      }
      const taken = await takeSandbox(wanted, dup(sandbox));
      const offer = serve(AnyClient, { [Symbol.dispose]: () => taken[Symbol.dispose]() });
      return { name: taken.name, offer };
    },
  };
  /** The preview of the request's host, or why the request is refused. */
  const find = (request: IncomingMessage): Shown | Refusal => {
    const found = shown.get(findPreviewName(request) ?? "");
    if (found === undefined) return { status: 404, reason: NOTHING_SHOWN };
    if (isOfOthers(request)) return { status: 403, reason: "Pages of other sites see no preview" };
    if (found.open.size >= OPEN_LIMIT)
      return { status: 503, reason: "This preview has too many connections" };
    void tell(found, request); // never rejects
    return found;
  };
  const enter = (socket: NodeStream, request: IncomingMessage, head: Buffer): void => {
    if (!isOwnPage(request)) return refuseSocket(socket, 403);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // `close` follows every `error`.
      webSocket.on("error", () => undefined);
      const duplex = openPortDuplex(openSocketPort(webSocket), {
        windowBytes: FAR_WINDOW_BYTES,
      });
      connect(createStreamTransport(duplex), { bootstrap: serve(PreviewDoor, door) });
    });
  };
  const upgrade = (request: IncomingMessage, socket: NodeStream, head: Buffer): void => {
    socket.on("error", () => undefined);
    if (findPreviewName(request) === undefined) {
      if (request.url === base + path) enter(socket, request, head);
      return;
    }
    const found = find(request);
    if ("status" in found) return refuseSocket(socket, found.status);
    keep(found, socket);
    void upgradeByHandler(found.handler, request, socket, head); // never rejects
  };
  server.on("upgrade", upgrade);
  return {
    path,
    serves: (request) => findPreviewName(request) !== undefined || request.url === base + path,
    answer(request, response) {
      const found = find(request);
      if ("status" in found) {
        response.writeHead(found.status, { "content-type": "text/plain; charset=utf-8" });
        response.end(`${found.reason}\n`);
        return;
      }
      keep(found, response);
      void answerByHandler(found.handler, request, response); // never rejects
    },
    [Symbol.dispose]() {
      server.off("upgrade", upgrade);
      for (const preview of shown.values()) preview[Symbol.dispose]();
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

interface Refusal {
  readonly status: 403 | 404 | 503;
  readonly reason: string;
}

/** What a client waits for: a response, or the socket of an upgrade. */
type Held = NodeStream | ServerResponse;

/** Makes a connection end with the preview. */
function keep({ open }: Shown, held: Held): void {
  open.add(held);
  held.on("close", () => open.delete(held));
}

/** A client that has heard nothing yet is told why; what has begun is cut off, so that nobody takes it for the whole. */
function cut(held: Held): void {
  if (!("headersSent" in held) || held.headersSent) return void held.destroy();
  held.writeHead(502, { "content-type": "text/plain; charset=utf-8", connection: "close" });
  held.end(`${ENDED}\n`);
}

/** Reports a visit to the owner; visits are dropped while a report is pending, so that a flood cannot queue up. */
async function tell(
  shown: Shown,
  { method = "", url = "", headers }: IncomingMessage,
): Promise<void> {
  if (shown.isTelling) return;
  shown.isTelling = true;
  const agent = headers["user-agent"] ?? "";
  await shown.visitor.came(method, url, agent.slice(0, AGENT_LENGTH)).then(
    () => undefined,
    () => undefined,
  );
  shown.isTelling = false;
}
