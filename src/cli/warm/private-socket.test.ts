import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, lstat, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../folder.testing.ts";
import { listenPrivately } from "./private-socket.ts";

test("listenPrivately() listens where its owner alone can connect, and leaves nothing", async () => {
  await using base = await makeFolder({});
  const folder = join(base.path, "ww");
  const listening = await listenPrivately(folder, (socket) => socket.resume());
  expect((await stat(listening.path)).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const socket = connect(listening.path);
  await once(socket, "connect");
  const closed = once(socket, "close");
  socket.resume();
  await listening[Symbol.asyncDispose]();
  await closed;
  await expect(lstat(listening.path)).rejects.toThrow("ENOENT");
});

test("listenPrivately() is for one at a time, and for the next one after it", async () => {
  await using base = await makeFolder({});
  const first = await listenPrivately(base.path, (socket) => socket.destroy());
  await expect(listenPrivately(base.path, (socket) => socket.destroy())).rejects.toThrow(
    "Cannot keep a browser warm: another `ww up --warm` of yours keeps one already; stop that first",
  );
  // The first is unchanged.
  const socket = connect(first.path);
  await once(socket, "connect");
  socket.destroy();
  await first[Symbol.asyncDispose]();
  await using second = await listenPrivately(base.path, (socket) => socket.destroy());
  expect(second.path).toBe(first.path);
});

test("listenPrivately() takes over the socket of a process that was killed", async () => {
  await using base = await makeFolder({});
  const path = join(base.path, "run.sock");
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log("on"))`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect((await lstat(path)).isSocket()).toBe(true);
  await using listening = await listenPrivately(base.path, (socket) => socket.end("here"));
  const [bytes] = (await once(connect(listening.path), "data")) as [Buffer];
  expect(bytes.toString()).toBe("here");
});

test("listenPrivately() takes no folder that others may enter", async () => {
  await using base = await makeFolder({});
  await chmod(base.path, 0o711);
  await expect(listenPrivately(base.path, (socket) => socket.destroy())).rejects.toThrow(
    "other users may enter it",
  );
});
