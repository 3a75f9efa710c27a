/** A socket that no other user of this computer can connect to, for one process at a time. */
import { chmod, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { Exception, toMessage } from "#base";
import { lockFolder } from "../lock-folder.ts";
import { makeRuntimeFolder } from "./runtime-folder.ts";

/** Connections at a time: two for each run, and those that are refused. */
const SOCKETS = 64;

/** Time to flush what was written before the end. */
const FAREWELL_MS = 1000;

export interface PrivateSocket extends AsyncDisposable {
  readonly path: string;
}

export function toSocketPath(folder: string): string {
  return join(folder, "run.sock");
}

/**
 * Listens in the folder, which is created if necessary. Disposing removes the socket, and closes its connections.
 *
 * @throws {Exception} `failed` when another process listens there, or other users could.
 */
export async function listenPrivately(
  folder: string,
  onSocket: (socket: Socket) => void,
): Promise<PrivateSocket> {
  await makeRuntimeFolder(folder);
  await using stack = new AsyncDisposableStack();
  const lock = await lockFolder(folder);
  if (lock === undefined) {
    const state = "another `ww up --warm` of yours keeps one already; stop that first";
    throw new Exception("failed", `Cannot keep a browser warm: ${state}`);
  }
  stack.use(lock);
  const path = toSocketPath(folder);
  // A socket that is left belongs to a killed process, since that no longer holds the lock.
  await rm(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    onSocket(socket);
  });
  server.maxConnections = SOCKETS;
  await listen(server, path);
  stack.defer(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroySoon();
    // A far end that has stopped reading would delay the end for ever.
    const timer = setTimeout(() => {
      for (const socket of open) socket.destroy();
    }, FAREWELL_MS);
    await closed;
    clearTimeout(timer);
  });
  await chmod(path, 0o600);
  const owned = stack.move();
  return { path, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (reason) => {
      reject(new Exception("failed", `Cannot listen at "${path}": ${toMessage(reason)}`));
    });
    server.listen(path, resolve);
  });
}
