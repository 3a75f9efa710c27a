/** Checks direct connections between a peer and our nodes: identify, streams, vats, and the hash table. */
import assert from "node:assert/strict";
import { Exception } from "#base";
import { MESH_DHT } from "#net";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { sha256 } from "multiformats/hashes/sha2";
import { startLocalNode } from "../local-node.ts";
import { startClient } from "../mesh/client.ts";
import { addressOf, startNative, startTab, TCP, until } from "../mesh/native-node.testing.ts";
import { startForeign, STREAM, VAT } from "./foreign-peer.ts";
import type { ForeignPeer } from "./foreign-peer.ts";
import type { Check } from "./check.ts";
import { callVat, flood, MANY_BYTES, serveBoth } from "./services.ts";

interface Identity {
  readonly agent: string;
  readonly protocols: readonly string[];
}

const HOP = "/libp2p/circuit/relay/0.2.0/hop";
const RAW = 0x55;
const FIND_TRIES = 50;

export const MESH_CHECKS: Readonly<Record<string, Check>> = {
  async "connects to ww up by TCP, Noise and Yamux, and learns what it serves"(program, waiting) {
    await using node = await startLocalNode({ port: 0, images: [], mesh: { listen: [TCP] } });
    await using peer = await startForeign(program, waiting);
    const said = (await peer.order("identify", addressOf(node, "tcp"))) as Identity;
    assert.equal(said.agent, "ww");
    for (const protocol of [MESH_DHT, HOP, "/ww/0.1.0/blocks"]) {
      assert.ok(said.protocols.includes(protocol), `ww serves ${said.protocols.join()}`);
    }
    const counts = await (await fetch(`${node.url}metrics`, waiting)).text();
    assert.match(counts, /^ww_peers 1$/m);
  },
  async "is dialled by our client, which learns what it serves"(program, waiting) {
    await using peer = await startForeign(program, waiting);
    await using client = await startClient();
    const { agent, protocols } = await client.connect([peer.address], waiting);
    assert.match(agent, /-libp2p interop$/);
    for (const protocol of [STREAM, VAT, HOP]) assert.ok(protocols.includes(protocol), protocol);
  },
  async "carries a byte stream that it opens, with the ends of both directions"(program, waiting) {
    await using node = await startNative({ listen: [TCP] });
    await using serving = await serveBoth(node.streams);
    await using peer = await startForeign(program, waiting);
    const address = addressOf(node, "tcp");
    assert.equal(await peer.order("stream", address, STREAM, "hello"), "hello");
    assert.equal(await peer.order("flood", address, STREAM, `${MANY_BYTES}`), MANY_BYTES);
    assert.ok(serving);
  },
  async "carries a byte stream that our client opens, with the ends of both directions"(
    program,
    waiting,
  ) {
    await using peer = await startForeign(program, waiting);
    await using client = await startClient();
    const { id } = await client.connect([peer.address], waiting);
    await flood(client, id, 5, waiting);
    await flood(client, id, MANY_BYTES, waiting);
  },
  async "and our nodes refuse each other what they do not serve"(program, waiting) {
    await using node = await startNative({ listen: [TCP] });
    await using peer = await startForeign(program, waiting);
    await using client = await startClient();
    const { id } = await client.connect([peer.address], waiting);
    await assert.rejects(
      client.openStream(id, "nothing", waiting),
      (reason) => reason instanceof Exception && reason.kind === "unimplemented",
    );
    await assert.rejects(
      peer.order("stream", addressOf(node, "tcp"), STREAM, "hello"),
      /not support|UnsupportedProtocol/i,
    );
  },
  async "calls a vat that our node serves"(program, waiting) {
    await using node = await startNative({ listen: [TCP] });
    await using serving = await serveBoth(node.streams);
    await using peer = await startForeign(program, waiting);
    assert.equal(await peer.order("vat", addressOf(node, "tcp"), VAT, "hello"), "Echo: hello");
    assert.ok(serving);
  },
  async "serves a vat that our client calls"(program, waiting) {
    await using peer = await startForeign(program, waiting);
    await using client = await startClient();
    const { id } = await client.connect([peer.address], waiting);
    await callVat(client, id, waiting);
  },
  async "provides, and finds, in the hash table of our node"(program, waiting) {
    await using node = await startNative({ listen: [TCP] });
    await using provider = await startForeign(program, waiting);
    await using seeker = await startForeign(program, waiting);
    for (const cid of await keysOf(provider)) {
      const key = Buffer.from(cid.multihash.bytes).toString("hex");
      const address = addressOf(node, "tcp");
      assert.deepEqual(await seeker.order("find", address, key), []);
      await provider.order("provide", address, key);
      const found = await findAtLast(() => seeker.order("find", address, key));
      assert.deepEqual(found, [provider.id]);
    }
  },
  async "finds what a tab provides, and is found by it"(program, waiting) {
    await using node = await startNative({ listen: [TCP, `${TCP}/ws`] });
    await using peer = await startForeign(program, waiting);
    await using tab = await startTab([addressOf(node, "ws")]);
    await until(tab, () => tab.addrs().length > 0);
    const [ours, theirs] = await keysOf(peer);
    assert.ok(ours && theirs);
    await tab.provide(ours, waiting);
    const address = addressOf(node, "tcp");
    const found = await findAtLast(() => peer.order("find", address, toKey(ours)));
    assert.deepEqual(found, [tab.peerId.text]);
    await peer.order("provide", address, toKey(theirs));
    const find = (): Promise<string[]> =>
      Array.fromAsync(tab.findProviders(theirs, 2, waiting), ({ peerId }) => peerId.text);
    assert.deepEqual(await findAtLast(find), [peer.id]);
  },
};

/** Repeats a query until there are providers, since peers do not confirm that they have stored one. */
async function findAtLast(find: () => Promise<unknown>): Promise<unknown> {
  let found: unknown = [];
  for (let tries = 0; tries < FIND_TRIES && String(found) === ""; tries++) found = await find();
  return found;
}

/** CIDs that no other peer provides, with two hash functions. */
async function keysOf({ id }: ForeignPeer): Promise<readonly CID[]> {
  const bytes = new TextEncoder().encode(id.slice(-20));
  return [CID.createV1(RAW, await sha256.digest(bytes)), CID.createV1(RAW, identity.digest(bytes))];
}

function toKey({ multihash }: CID): string {
  return Buffer.from(multihash.bytes).toString("hex");
}
