import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { startLocalServer } from "./local-server.ts";

/** Opens a connection, and measures how long the other side takes to close it. */
async function open(port: number): Promise<{ socket: Socket; closed: Promise<void> }> {
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("error", () => {});
  socket.resume();
  await new Promise((resolve) => socket.on("connect", resolve));
  return { socket, closed };
}

const LONG_MS = 60_000;

test("startLocalServer() closes connections beyond its bound", async () => {
  const limits = { sockets: 2, idleMs: LONG_MS };
  await using server = await startLocalServer(
    0,
    async (_, response) => void response.end(),
    limits,
  );
  const first = await open(server.port);
  const second = await open(server.port);
  const third = await open(server.port);
  await third.closed;
  expect([first.socket.destroyed, second.socket.destroyed]).toEqual([false, false]);
  first.socket.destroy();
  second.socket.destroy();
});

test("startLocalServer() closes connections that carry nothing, or half a request", async () => {
  const limits = { sockets: 10, idleMs: 100 };
  await using server = await startLocalServer(
    0,
    async (_, response) => void response.end(),
    limits,
  );
  const idle = await open(server.port);
  const slow = await open(server.port);
  slow.socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half");
  await Promise.all([idle.closed, slow.closed]);
});
