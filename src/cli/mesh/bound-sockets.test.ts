import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect, test, vi } from "vitest";
import { addressOf, startNative, startTab, TCP, until, WEB_SOCKET } from "./native-node.testing.ts";

vi.setConfig({ testTimeout: 30_000 });

const portOf = (address: string): number => Number(/\/tcp\/(\d+)/.exec(address)?.[1]);

/** A socket that sends nothing. */
async function open(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").resume();
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** Resolves when the socket is closed, even by a reset. */
function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.on("close", resolve));
}

test.each([
  ["ws", WEB_SOCKET],
  ["tcp", TCP],
] as const)("boundSockets() closes what says nothing: %s", async (transport, listen) => {
  await using node = await startNative({ listen: [listen], limits: { idleMs: 100 } });
  const socket = await open(portOf(addressOf(node, transport)));
  await closed(socket);
});

test("boundSockets() takes no more sockets than it may have, and others once those are gone", async () => {
  await using node = await startNative({ listen: [WEB_SOCKET], limits: { connections: 4 } });
  const address = addressOf(node, "ws");
  const sockets: Socket[] = [];
  for (let count = 0; count < 4; count++) sockets.push(await open(portOf(address)));
  await closed(await open(portOf(address)));
  expect(sockets.map(({ closed }) => closed)).toEqual([false, false, false, false]);
  for (const socket of sockets) socket.destroy();
  await using tab = await startTab([address]);
  await until(tab, () => tab.addrs().length > 0);
});
