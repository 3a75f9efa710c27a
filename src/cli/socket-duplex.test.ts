import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decodeText, encodeText, readAll } from "#base";
import type { Duplex } from "#base";
import { makeFolder } from "./folder.testing.ts";
import { openSocketDuplex } from "./socket-duplex.ts";

interface Pair extends AsyncDisposable {
  readonly sockets: readonly [Socket, Socket];
  readonly near: Duplex;
  readonly far: Duplex;
}

async function openPair(): Promise<Pair> {
  const folder = await makeFolder({});
  const path = join(folder.path, "sock");
  const server = createServer({ allowHalfOpen: true }).listen(path);
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const socket = connect({ path, allowHalfOpen: true });
  const [other] = await accepted;
  return {
    sockets: [socket, other],
    near: openSocketDuplex(socket),
    far: openSocketDuplex(other),
    async [Symbol.asyncDispose]() {
      socket.destroy();
      other.destroy();
      await new Promise((resolve) => server.close(resolve));
      await folder[Symbol.asyncDispose]();
    },
  };
}

test("openSocketDuplex() carries bytes both ways, each to its own end", async () => {
  await using pair = await openPair();
  await pair.near.sink.write(encodeText("there"));
  pair.near.sink.close();
  expect(decodeText(await readAll(pair.far.source, 100))).toBe("there");
  await pair.far.sink.write(encodeText("back"));
  pair.far.sink.close();
  expect(decodeText(await readAll(pair.near.source, 100))).toBe("back");
});

test("openSocketDuplex() makes a writer wait for its reader, and loses nothing", async () => {
  await using pair = await openPair();
  const many = Uint8Array.from({ length: 4 * 1024 * 1024 }, (_, at) => at % 251);
  let isWritten = false;
  const writing = pair.near.sink.write(many.slice()).then(() => (isWritten = true));
  // The far end pauses its socket before it has received everything.
  while (!pair.sockets[1].isPaused()) await new Promise(setImmediate);
  expect(isWritten).toBe(false);
  const reading = readAll(pair.far.source, many.length);
  await writing;
  pair.near.sink.close();
  expect(Buffer.compare(await reading, many)).toBe(0);
});

test("openSocketDuplex() ends both directions when the socket is cut", async () => {
  await using pair = await openPair();
  pair.sockets[0].destroy();
  expect(await pair.far.source.read(1)).toBeUndefined();
  pair.far.sink.close();
  await expect(pair.near.source.read(1)).rejects.toMatchObject({ kind: "disconnected" });
  expect(pair.near.sink.closed).toBe(true);
});

test("openSocketDuplex() closes the socket once it neither reads nor writes", async () => {
  await using pair = await openPair();
  const closed = pair.sockets.map((socket) => once(socket, "close"));
  await pair.near.sink.write(encodeText("last"));
  pair.near.source[Symbol.dispose]();
  pair.near.sink.close();
  await closed[0];
  // What it sent before its end has arrived.
  expect(decodeText(await readAll(pair.far.source, 100))).toBe("last");
  pair.far[Symbol.dispose]();
  await closed[1];
});
