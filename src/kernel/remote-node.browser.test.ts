/** In a browser, where signals cannot be cloned; two threads of one page are as far apart as it gets there. */
import { Exception } from "#base";
import type { Waiting } from "#base";
import type { Node } from "#caps";
import { expose, wrap } from "comlink";
import { expect, test } from "vitest";
import { openRemoteNode, serveNode } from "./remote-node.ts";
import type { NodeService } from "./remote-node.ts";

const PEER_ID = Uint8Array.of(0, 1, 2);

type Connect = (options: Waiting | undefined) => Promise<void>;

/** A node on the other side of a channel. */
function startRemote(connect: Connect): Disposable & { readonly node: Node } {
  const { port1, port2 } = new MessageChannel();
  const node: Node = {
    id: async () => PEER_ID,
    addrs: () => Promise.reject(new Exception("overloaded", "More than 64 tabs are open")),
    peers: async () => [{ peerId: PEER_ID, addrs: [] }],
    connect: (_peerId, _addrs, options) => connect(options),
  };
  expose(serveNode(node), port1);
  return {
    node: openRemoteNode(wrap<NodeService>(port2)),
    [Symbol.dispose]: () => port1.close(),
  };
}

test("openRemoteNode() gives what the node gives, and its exceptions with their kind", async () => {
  using remote = startRemote(async () => {
    throw new Exception("disconnected", "connect failed: nobody", { refusal: "denied" });
  });
  expect(await remote.node.id()).toEqual(PEER_ID);
  expect(await remote.node.peers()).toEqual([{ peerId: PEER_ID, addrs: [] }]);
  await expect(remote.node.addrs()).rejects.toMatchObject({ kind: "overloaded" });
  const { signal } = new AbortController();
  await expect(remote.node.connect(PEER_ID, [], { signal })).rejects.toMatchObject({
    kind: "disconnected",
    message: "connect failed: nobody",
    refusal: "denied",
  });
});

test("openRemoteNode() connects with a signal, which ends the node's waiting", async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
  using remote = startRemote(async (options) => {
    begin();
    await new Promise((resolve) => options?.signal?.addEventListener("abort", resolve));
    end(options?.signal?.reason);
  });
  const stop = new AbortController();
  const connected = remote.node.connect(PEER_ID, [], { signal: stop.signal });
  await begun;
  const reason = new Error("no longer wanted");
  stop.abort(reason);
  await expect(connected).rejects.toBe(reason);
  expect(await ended).toMatchObject({ kind: "disconnected" });
});
