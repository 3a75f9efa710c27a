import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { decodeText, encodeText, openPortDuplex, openSocketPort } from "#base";
import { WebSocket } from "ws";
import { serveOwnerSockets } from "./owner-sockets.ts";
import type { OwnerSockets } from "./owner-sockets.ts";

interface Bench extends AsyncDisposable {
  readonly owners: OwnerSockets;
  /** Opens a WebSocket as a page of the given origin does. */
  open(path: string, origin?: string): Promise<WebSocket>;
}

async function openBench(): Promise<Bench> {
  const server: Server = createServer();
  const owners = serveOwnerSockets(server, "/base/");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    owners,
    open(path, origin = `http://127.0.0.1:${port}`) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/base/${path}`, { origin });
      return new Promise((resolve, reject) => {
        socket.on("open", () => resolve(socket));
        socket.on("error", reject);
      });
    },
    async [Symbol.asyncDispose]() {
      owners[Symbol.dispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("serveOwnerSockets() joins the page that was invited, with credit both ways", async () => {
  await using bench = await openBench();
  const { path, duplex } = bench.owners.invite();
  using page = openPortDuplex(openSocketPort(await bench.open(path)));
  using near = await duplex;
  const many = "x".repeat(300_000);
  const writing = near.sink.write(encodeText(many));
  let text = "";
  while (text.length < many.length) text += decodeText((await page.source.read(65_536))!);
  await writing;
  expect(text).toBe(many);
  page.sink.close();
  expect(await near.source.read(1)).toBeUndefined();
});

test("serveOwnerSockets() takes each invitation once, and none that was not made", async () => {
  await using bench = await openBench();
  const { path } = bench.owners.invite();
  const socket = await bench.open(path);
  await expect(bench.open(path)).rejects.toThrow("403");
  await expect(bench.open("owner/guessed")).rejects.toThrow("403");
  socket.close();
});

test("serveOwnerSockets() refuses pages of other sites, and the invitation is spent", async () => {
  await using bench = await openBench();
  const { path } = bench.owners.invite();
  await expect(bench.open(path, "https://attacker.example")).rejects.toThrow("403");
  await expect(bench.open(path)).rejects.toThrow("403");
});

test("serveOwnerSockets() tells its side when the page is gone", async () => {
  await using bench = await openBench();
  const { path, duplex } = bench.owners.invite();
  const socket = await bench.open(path);
  using near = await duplex;
  socket.terminate();
  await expect(near.source.read(1)).rejects.toMatchObject({ kind: "disconnected" });
  expect(near.sink.closed).toBe(true);
});
