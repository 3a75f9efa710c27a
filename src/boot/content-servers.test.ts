import { Exception } from "#base";
import { serve } from "#capnp";
import { createMemoryNames, createNames, startNode } from "#net";
import type { NetNode } from "#net";
import { ProviderSink, Routing } from "#schema";
import { MemoryDatastore } from "datastore-core";
import { expect, test, vi } from "vitest";
// oxlint-disable-next-line no-restricted-imports -- a relay for tests, which no door gives
import { startRelay } from "../net/relay.testing.ts";
import { createContentServers } from "./content-servers.ts";

vi.setConfig({ testTimeout: 30_000 });

const ONE = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
const TWO = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const RAW = "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4";

/** The routing capability of a page whose node is behind the relay. */
async function open(relay: string): Promise<AsyncDisposable & { node: NetNode; routing: Routing }> {
  const node = await startNode({ datastore: new MemoryDatastore(), relays: [relay] });
  while (node.addrs().length === 0) await node.changed();
  const names = createNames({
    store: createMemoryNames(),
    sources: [node.names],
    sinks: [node.names],
  });
  const servers = createContentServers({
    content: { get: () => Promise.reject(new Exception("failed", "No content here")) },
    names: {
      resolveForeign: (key, waiting) => names.resolve(key, waiting),
      async publish(cid, options) {
        await node.publish(names, cid, options);
        return `/ipns/${node.nameKey.toString()}`;
      },
    },
    net: async () => node,
  });
  const routing = serve(Routing, servers.routing);
  return {
    node,
    routing,
    async [Symbol.asyncDispose]() {
      routing[Symbol.dispose]();
      await node[Symbol.asyncDispose]();
    },
  };
}

async function find(routing: Routing, key: string, count: number): Promise<readonly string[]> {
  const found: string[] = [];
  using sink = serve(ProviderSink, {
    provider({ peerId, addrs }) {
      found.push(`${peerId.join(",")} at ${addrs.length}`);
    },
    done: () => void found.push("done"),
  });
  await routing.findProviders(key, count, sink);
  return found;
}

test("provide() announces any CID, and findProviders() tells a sink who has it, then that it is done", async () => {
  await using relay = await startRelay();
  await using provider = await open(relay.address);
  await using seeker = await open(relay.address);
  await provider.routing.provide(RAW);
  const peerId = provider.node.peerId.bytes.join(",");
  expect(await find(seeker.routing, RAW, 5)).toEqual([`${peerId} at 1`, "done"]);
  expect(await find(seeker.routing, RAW, 0)).toEqual(["done"]);
  expect(await find(seeker.routing, ONE, 5)).toEqual(["done"]);
  await expect(provider.routing.provide("nonsense")).rejects.toThrow('Not a CID: "nonsense"');
  await expect(find(seeker.routing, "nonsense", 5)).rejects.toThrow('Not a CID: "nonsense"');
});

test("findProviders() ends with its call", async () => {
  await using relay = await startRelay({ isMesh: false });
  await using seeker = await open(relay.address);
  const stop = new AbortController();
  using sink = serve(ProviderSink, { provider: () => undefined, done: () => undefined });
  const finding = seeker.routing.findProviders(ONE, 5, sink, { signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(finding).rejects.toThrow("enough");
});

test("publish() compares and sets the node's own name, which resolve() follows", async () => {
  await using relay = await startRelay();
  await using owner = await open(relay.address);
  await using reader = await open(relay.address);
  const { routing } = owner;
  const { publishedPath } = await routing.publish("self", ONE, "");
  expect((await reader.routing.resolve(publishedPath)).path).toBe(`/ipfs/${ONE}`);
  expect((await reader.routing.resolve(`${publishedPath}/etc/motd`)).path).toBe(
    `/ipfs/${ONE}/etc/motd`,
  );
  await expect(routing.publish(publishedPath, TWO, TWO)).rejects.toThrow(
    `it leads to "/ipfs/${ONE}", not to "/ipfs/${TWO}"`,
  );
  await routing.publish(publishedPath, TWO, ONE);
  expect((await reader.routing.resolve(publishedPath)).path).toBe(`/ipfs/${TWO}`);
  // A node publishes only its own name.
  await expect(reader.routing.publish(publishedPath, ONE, "")).rejects.toThrow(
    /^Cannot publish ".*": this node publishes "self", which is "\/ipns\/k51/,
  );
  await expect(routing.publish("", "nonsense", "")).rejects.toThrow("Not a CID");
  expect((await routing.resolve(`/ipfs/${RAW}`)).path).toBe(`/ipfs/${RAW}`);
  await expect(routing.resolve("/ipns/example.org")).rejects.toThrow("Names of DNS");
  await expect(routing.resolve("nonsense")).rejects.toThrow(/^Nothing to open/);
});
