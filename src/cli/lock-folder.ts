/** A lock that ends with its process, however that ends: a socket name that the process listens on. */
import { createHash } from "node:crypto";
import { realpath, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Locks an existing folder until disposed; `undefined` when another process holds the lock. */
export async function lockFolder(folder: string): Promise<AsyncDisposable | undefined> {
  const name = toName(await realpath(folder));
  const server =
    (await listen(name)) ?? ((await isForsaken(name)) ? await listen(name) : undefined);
  if (server === undefined) return undefined;
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** On Linux and Windows, the name leaves no file behind. */
function toName(folder: string): string {
  const name = `ww-${createHash("sha256").update(folder).digest("hex").slice(0, 32)}`;
  if (process.platform === "linux") return `\0${name}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

/** `undefined` when the name is in use, or its file was left behind. */
async function listen(name: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (reason: NodeJS.ErrnoException) =>
      reason.code === "EADDRINUSE" ? resolve(undefined) : reject(reason),
    );
    server.listen(name, () => resolve(server));
  });
}

/** Whether the name's process is gone but its file is left; if so, removes the file. */
async function isForsaken(name: string): Promise<boolean> {
  if (!name.endsWith(".sock")) return false;
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect(name, () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
  if (answers) return false;
  await rm(name, { force: true });
  return true;
}
