/** WebSockets by which a page of this node gives this process power over its kernel, each at an address for one use. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex as NodeStream } from "node:stream";
import { FAR_WINDOW_BYTES, openPortDuplex, openSocketPort } from "#base";
import type { Duplex } from "#base";
import { WebSocketServer } from "ws";
import { findForeign, findPreviewName } from "./foreign.ts";

/** The WebSocket that a page is asked to open. */
export interface Invitation {
  /** Relative to the address of the page. */
  readonly path: string;
  /** The connection, once the page has opened it. Disposed with the node. */
  readonly duplex: Promise<Duplex>;
}

export interface OwnerSockets extends Disposable {
  invite(): Invitation;
  /** Whether a request is for one of these addresses, used already or not. */
  serves(url: string | undefined): boolean;
}

/** @param base the path below which the server has its pages, with a slash at the end */
export function serveOwnerSockets(server: Server, base: string): OwnerSockets {
  const prefix = `${base}owner/`;
  const invited = new Map<string, (duplex: Duplex) => void>();
  const opened = new Set<Duplex>();
  // The bytes stay on this computer, so compression would cost more than it saves.
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

  const serves = (url: string | undefined): boolean => url?.startsWith(prefix) === true;
  const upgrade = (request: IncomingMessage, socket: NodeStream, head: Buffer): void => {
    if (!serves(request.url) || findPreviewName(request) !== undefined) return;
    const token = request.url?.slice(prefix.length) ?? "";
    const open = invited.get(token);
    invited.delete(token);
    socket.on("error", () => undefined);
    if (open === undefined || findForeign(request) !== undefined) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // `close` follows every `error`.
      webSocket.on("error", () => undefined);
      const duplex = openPortDuplex(openSocketPort(webSocket), {
        windowBytes: FAR_WINDOW_BYTES,
      });
      opened.add(duplex);
      webSocket.on("close", () => opened.delete(duplex));
      open(duplex);
    });
  };
  server.on("upgrade", upgrade);
  return {
    invite() {
      const token = randomBytes(16).toString("hex");
      const { promise: duplex, resolve } = Promise.withResolvers<Duplex>();
      invited.set(token, resolve);
      return { path: `owner/${token}`, duplex };
    },
    serves,
    [Symbol.dispose]() {
      server.off("upgrade", upgrade);
      invited.clear();
      for (const duplex of opened) duplex[Symbol.dispose]();
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}
