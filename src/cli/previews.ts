/**
 * Previews: what cells of a tab serve, at an origin of its own for each, `http://<name>.localhost:<port>/`.
 *
 * A tab opens them over a WebSocket at an address of this node that nobody else knows, and they last as long as the tab wants.
 * A preview's page is a stranger here: it reaches nothing of this node but itself.
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
  /** Where a tab opens its WebSocket, beside the address of the page. */
  readonly path: string;
  /** Whether a WebSocket is one of a preview, or that of a tab. */
  serves(request: IncomingMessage): boolean;
  /** Answers a request that `findPreviewName` finds a name in. */
  answer(request: IncomingMessage, response: ServerResponse): void;
}

interface Shown extends Disposable {
  readonly handler: HttpHandler;
  readonly visitor: PreviewVisitor;
  /** Connections that end with it. */
  readonly open: Set<{ destroy(): unknown }>;
  isTelling: boolean;
}

const LIMIT = 64;
/** Of one preview at a time. */
const OPEN_LIMIT = 256;
const NAME = /^(?!\d+-)[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?$/;
/** Of what the owner is told of a visitor. */
const AGENT_LENGTH = 200;

/** Answers for a sandbox of a tab until it is disposed. Given a client to take over. */
export type TakeSandbox = (name: string, sandbox: Sandbox) => Promise<TakenSandbox>;

export interface TakenSandbox extends Disposable {
  /** As it is known here. */
  readonly name: string;
}

export interface PreviewsOptions {
  /** The path that the pages of the server stand below, with a slash at the end. */
  readonly base: string;
  readonly toUrl: (name: string) => string;
  /** Without it, tabs' sandboxes are refused. */
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
    const open = new Set<{ destroy(): unknown }>();
    shown.set(name, {
      handler: dup(handler),
      visitor: dup(visitor),
      open,
      isTelling: false,
      [Symbol.dispose]() {
        shown.delete(name);
        this.handler[Symbol.dispose]();
        this.visitor[Symbol.dispose]();
        for (const each of open) each.destroy();
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
  /** What is shown by the name of the request's host, if whoever asks may see it. */
  const find = (request: IncomingMessage): Shown | Refusal => {
    const found = shown.get(findPreviewName(request) ?? "");
    if (found === undefined) return { status: 404, reason: "Nothing is shown under this name" };
    if (isOfOthers(request)) return { status: 403, reason: "Pages of other sites see no preview" };
    if (found.open.size >= OPEN_LIMIT) return { status: 503, reason: "Too many look at this" };
    void tell(found, request); // never rejects
    return found;
  };
  const enter = (socket: NodeStream, request: IncomingMessage, head: Buffer): void => {
    if (!isOwnPage(request)) return refuseSocket(socket, 403);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // What `error` tells, `close` ends.
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
      for (const each of shown.values()) each[Symbol.dispose]();
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

interface Refusal {
  readonly status: 403 | 404 | 503;
  readonly reason: string;
}

/** It ends with the preview. */
function keep({ open }: Shown, held: NodeStream | ServerResponse): void {
  open.add(held);
  held.on("close", () => open.delete(held));
}

/** One at a time: a flood of visits must not wait here. */
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
