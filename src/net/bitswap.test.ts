import { concatBytes, createDuplexPair, readAll } from "#base";
import type { Duplex } from "#base";
import { blake2b } from "@noble/hashes/blake2.js";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { sha256 } from "multiformats/hashes/sha2";
import { describe, expect, test, vi } from "vitest";
import { BITSWAP_PROTOCOL, openBitswap } from "./bitswap.ts";
import type { Bitswap } from "./bitswap.ts";
import { decodeMessage, encodeBlock, encodePresences, encodeWant } from "./bitswap-message.ts";
import type { BitswapMessage } from "./bitswap-message.ts";
import { MemoryPeers, toId } from "./memory-peers.testing.ts";
import type { MemoryPeer } from "./memory-peers.testing.ts";
import { readMessages } from "./message-line.ts";
import { openPair } from "./pair.testing.ts";
import type { SharedBlocks } from "./peer-blocks.ts";

vi.setConfig({ testTimeout: 30_000 });

const RAW = 0x55;
const stallMs = 5000;
const idle = (): AbortSignal => AbortSignal.timeout(20_000);

interface Block {
  readonly cid: CID;
  readonly bytes: Uint8Array;
}

async function makeBlock(sizeBytes: number, seed: number): Promise<Block> {
  const bytes = new Uint8Array(sizeBytes).map((_, at) => (at * seed + seed) % 251);
  return { cid: CID.createV1(RAW, await sha256.digest(bytes)), bytes };
}

const small = await makeBlock(1000, 1);
const large = await makeBlock(1024 * 1024, 2);
const other = await makeBlock(2000, 3);

function toShared(...blocks: readonly Block[]): SharedBlocks {
  const find = (cid: CID): Block | undefined => blocks.find((each) => each.cid.equals(cid));
  return {
    readDag: async () => undefined,
    readBlock: async (cid) => find(cid)?.bytes,
    hasBlock: async (cid) => find(cid) !== undefined,
  };
}

/** A peer each byte of which is sent by the test. */
interface RawPeer {
  readonly id: Uint8Array;
  /** Sends messages to the node on a new stream. @returns the stream */
  send(...messages: readonly Uint8Array[]): Promise<Duplex>;
  /** The next message from the node. */
  hear(): Promise<BitswapMessage>;
}

async function joinRaw({ id, dial, listen }: MemoryPeer): Promise<RawPeer> {
  const heard: BitswapMessage[] = [];
  let tell: (() => void) | undefined;
  const take = async ({ source }: Duplex): Promise<void> => {
    const options = { limitBytes: () => 1e7, onBytes: () => undefined, stallMs: 20_000 };
    for await (const bytes of readMessages(source, options)) {
      heard.push(decodeMessage(bytes));
      tell?.();
    }
  };
  await listen(BITSWAP_PROTOCOL, (duplex) => void take(duplex));
  return {
    id,
    async send(...messages) {
      const duplex = await dial(toId("node"), BITSWAP_PROTOCOL, {});
      for (const message of messages) await duplex.sink.write(message.slice());
      return duplex;
    },
    async hear() {
      while (heard.length === 0) await new Promise<void>((resolve) => (tell = resolve));
      return heard.shift() as BitswapMessage;
    },
  };
}

interface Bench extends AsyncDisposable {
  readonly node: Bitswap;
  readonly raw: RawPeer;
  readonly peers: MemoryPeers;
}

/** A node, and a raw peer that it can reach. */
async function openBench(): Promise<Bench> {
  const peers = new MemoryPeers();
  const node = await openBitswap(peers.join("node"));
  const raw = await joinRaw(peers.join("raw"));
  return { node, raw, peers, [Symbol.asyncDispose]: () => node[Symbol.asyncDispose]() };
}

const ask = ({ cid }: Block): Uint8Array => encodeWant(cid);

/** How the stream ends for the peer: cut, or closed in order. */
async function endOf({ sink }: Duplex): Promise<"cut"> {
  while (!sink.closed) await sink.ready({ roomBytes: 1e9, signal: idle() });
  return "cut";
}

test("want() gives blocks that a peer shares, over a real connection, until it shares them no longer", async () => {
  await using pair = await openPair();
  const { server, client } = pair;
  const want = (cid: CID): ReturnType<Bitswap["want"]> =>
    client.foundPeers.want(server.peerId.text, cid, { stallMs });
  await expect(want(small.cid)).rejects.toMatchObject({ kind: "unimplemented" });
  const many = await Promise.all(Array.from({ length: 50 }, (_, at) => makeBlock(100_000, at + 5)));
  {
    await using sharing = await server.share(toShared(small, large, ...many));
    expect(await want(small.cid)).toEqual(small.bytes);
    expect(await want(large.cid)).toEqual(large.bytes);
    expect(await want(other.cid)).toBe("missing");
    const found = await Promise.all(many.map(({ cid }) => want(cid)));
    expect(found).toEqual(many.map(({ bytes }) => bytes));
    expect(await Promise.all([want(small.cid), want(small.cid)])).toEqual([
      small.bytes,
      small.bytes,
    ]);
    // Each side may ask the other.
    await using ours = await client.share(toShared(other));
    expect(await server.foundPeers.want(client.peerId.text, other.cid, { stallMs })).toEqual(
      other.bytes,
    );
    expect([sharing, ours]).toHaveLength(2);
  }
  expect(await want(small.cid)).toBe("missing");
});

describe("want()", () => {
  test("asks on one stream, which ends with the last block", async () => {
    await using bench = await openBench();
    const { node, raw, peers } = bench;
    const wanting = [small, other].map(({ cid }) => node.want(raw.id, cid, { stallMs }));
    expect((await raw.hear()).asked.map(({ cid }) => String(cid))).toEqual([String(small.cid)]);
    expect((await raw.hear()).asked.map(({ cid }) => String(cid))).toEqual([String(other.cid)]);
    await raw.send(
      encodeBlock(small.cid, small.bytes),
      encodePresences([{ cid: other.cid, isHere: false }]),
    );
    expect(await Promise.all(wanting)).toEqual([small.bytes, "missing"]);
    expect(peers.opened).toEqual([`node raw ${BITSWAP_PROTOCOL}`, `raw node ${BITSWAP_PROTOCOL}`]);
  });

  test("says of a block that was not asked for that the peer lies, and takes no more from it", async () => {
    await using bench = await openBench();
    const { node, raw } = bench;
    const wanting = node.want(raw.id, small.cid, { stallMs });
    await raw.hear();
    const wrong = small.bytes.with(5, 1 ^ (small.bytes[5] ?? 0));
    const stream = await raw.send(encodeBlock(small.cid, wrong));
    expect(await wanting).toBe("corrupt");
    expect(await endOf(stream)).toBe("cut");
    // The peer is not distrusted for ever: it may have been restarted.
    const again = node.want(raw.id, small.cid, { stallMs });
    await raw.hear();
    await raw.send(encodeBlock(small.cid, small.bytes));
    expect(await again).toEqual(small.bytes);
  });

  test("takes nothing for a block that its CID contains", async () => {
    await using bench = await openBench();
    const { node, raw } = bench;
    const bytes = Uint8Array.of(1, 2, 3);
    // A digest of one byte, as a hash function of any length would make.
    const cid = CID.createV1(RAW, identity.digest(blake2b(bytes, { dkLen: 1 })));
    const wanting = node.want(raw.id, cid, { stallMs });
    await raw.hear();
    await raw.send(encodeBlock(cid, bytes));
    expect(await wanting).toBe("corrupt");
  });

  test("takes a block that was wanted before for no lie", async () => {
    await using bench = await openBench();
    const { node, raw } = bench;
    const stop = new AbortController();
    const first = node.want(raw.id, small.cid, { stallMs, signal: stop.signal });
    await raw.hear();
    stop.abort(new Error("another was faster"));
    await expect(first).rejects.toThrow("another was faster");
    const second = node.want(raw.id, other.cid, { stallMs });
    await raw.send(encodeBlock(small.cid, small.bytes), encodeBlock(other.cid, other.bytes));
    expect(await second).toEqual(other.bytes);
  });

  test("tells the peer that a block is wanted no longer", async () => {
    await using bench = await openBench();
    const { node, raw, peers } = bench;
    const stop = new AbortController();
    const wanting = node.want(raw.id, small.cid, { stallMs, signal: stop.signal });
    expect((await raw.hear()).asked).toHaveLength(1);
    stop.abort(new Error("enough"));
    await expect(wanting).rejects.toThrow("enough");
    expect(await raw.hear()).toEqual({ asked: [], blocks: [], presences: [] });
    expect(peers.opened).toHaveLength(1);
  });

  test("gives up a peer that says too little, and one that does not take what it is told", async () => {
    await using bench = await openBench();
    const { node, raw, peers } = bench;
    const start = performance.now();
    const wanting = node.want(raw.id, large.cid, { stallMs: 300 });
    const stream = await raw.send();
    const drip = setInterval(() => stream.sink.offer(Uint8Array.of(0)), 20);
    expect(await wanting).toBe("stalled");
    clearInterval(drip);
    const deaf = peers.join("deaf");
    await deaf.listen(BITSWAP_PROTOCOL, () => undefined);
    expect(await node.want(deaf.id, large.cid, { stallMs: 300 })).toBe("stalled");
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test("waits for a block that comes slowly", async () => {
    await using bench = await openBench();
    const { node, raw } = bench;
    const wanting = node.want(raw.id, small.cid, { stallMs: 200 });
    await raw.hear();
    const message = encodeBlock(small.cid, small.bytes);
    const { sink } = await raw.send();
    for (let at = 0; at < message.length; at += 250) {
      await sink.write(message.slice(at, at + 250));
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    expect(await wanting).toEqual(small.bytes);
  });

  test("ends with the node", async () => {
    const bench = await openBench();
    const wanting = bench.node.want(bench.raw.id, small.cid, { stallMs });
    await bench.raw.hear();
    const ended = expect(wanting).rejects.toMatchObject({ kind: "disconnected" });
    await bench[Symbol.asyncDispose]();
    await ended;
  });

  test("refuses a hash that nobody can check, before anybody is asked", async () => {
    await using bench = await openBench();
    const { node, raw, peers } = bench;
    const strange = CID.createV1(RAW, { ...small.cid.multihash, code: 0x22 });
    await expect(node.want(raw.id, strange, { stallMs })).rejects.toThrow("Cannot verify");
    expect(peers.opened).toEqual([]);
  });
});

describe("openBitswap()", () => {
  test("answers what is asked for in order, and nothing to those that only listen", async () => {
    await using bench = await openBench();
    const { node, raw } = bench;
    await using sharing = await node.share(toShared(small, large));
    await raw.send(ask(large), ask(other), ask(small));
    const [first] = (await raw.hear()).blocks;
    expect(first?.bytes).toEqual(large.bytes);
    expect((await raw.hear()).presences.map(({ isHere }) => isHere)).toEqual([false]);
    expect((await raw.hear()).blocks[0]?.bytes).toEqual(small.bytes);
    expect(sharing).toBeDefined();
  });

  test("cuts a peer that sends more than wants, unless blocks are wanted of it", async () => {
    await using bench = await openBench();
    const { node, raw } = bench;
    const big = encodeBlock(large.cid, large.bytes);
    expect(await endOf(await raw.send(big.slice(0, 60_000)))).toBe("cut");
    const wanting = node.want(raw.id, large.cid, { stallMs });
    await raw.hear();
    await raw.send(big);
    expect(await wanting).toEqual(large.bytes);
  });

  test("cuts a peer whose message is longer than any, or is none", async () => {
    await using bench = await openBench();
    const { node, raw } = bench;
    const wanting = node.want(raw.id, large.cid, { stallMs });
    await raw.hear();
    for (const start of [
      [0x80, 0x80, 0x80, 0x04],
      [0xff, 0xff, 0xff, 0xff, 0x7f],
      [3, 0x0a, 0x7f, 1],
      [2, 0x0b, 0],
    ]) {
      expect(await endOf(await raw.send(Uint8Array.from(start)))).toBe("cut");
    }
    await raw.send(encodeBlock(large.cid, large.bytes));
    expect(await wanting).toEqual(large.bytes);
  });

  test("passes over blocks that nobody wanted", async () => {
    await using bench = await openBench();
    const { node, raw } = bench;
    await using sharing = await node.share(toShared(small));
    const wrong = encodeBlock(other.cid, small.bytes);
    await raw.send(wrong, wrong, ask(small));
    expect((await raw.hear()).blocks[0]?.bytes).toEqual(small.bytes);
    expect(sharing).toBeDefined();
  });

  test("reads sixteen streams of a peer at a time, and no longer what it does not take", async () => {
    await using bench = await openBench();
    const { node, peers, raw } = bench;
    let reads = 0;
    const blocks = toShared(large);
    await using sharing = await node.share({
      ...blocks,
      readBlock(...args) {
        reads++;
        return blocks.readBlock(...args);
      },
    });
    const greedy = peers.join("greedy");
    await greedy.listen(BITSWAP_PROTOCOL, () => undefined);
    const message = concatBytes(Array.from({ length: 100 }, () => ask(large)));
    const streams: Duplex[] = [];
    for (let at = 0; at < 17; at++) {
      const stream = await greedy.dial(toId("node"), BITSWAP_PROTOCOL, {});
      streams.push(stream);
      if (!stream.sink.closed) stream.sink.offer(message.slice());
    }
    expect(streams.map(({ sink }) => sink.closed).indexOf(true)).toBe(16);
    // Other peers are served meanwhile.
    await raw.send(ask(large));
    expect((await raw.hear()).blocks[0]?.bytes).toEqual(large.bytes);
    expect(reads).toBe(17);
    for (const stream of streams) stream[Symbol.dispose]();
    expect(sharing).toBeDefined();
  });
});

test("readMessages() gives whole messages, however they come, and no half one", async () => {
  const [near, far] = createDuplexPair(1024);
  const bytes = concatBytes([encodeWant(small.cid), encodeBlock(other.cid, other.bytes)]);
  const write = async (): Promise<void> => {
    for (let at = 0; at < bytes.length; at += 7) await near.sink.write(bytes.slice(at, at + 7));
    await near.sink.write(Uint8Array.of(5, 1, 2));
    near.sink.close();
  };
  const writing = write();
  const options = { limitBytes: () => 1e6, onBytes: () => undefined, stallMs };
  const messages: BitswapMessage[] = [];
  const read = async (): Promise<void> => {
    for await (const message of readMessages(far.source, options)) {
      messages.push(decodeMessage(message));
    }
  };
  await expect(read()).rejects.toThrow("A message ends too early");
  await writing;
  expect(messages.map(({ asked, blocks }) => [asked.length, blocks.length])).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(await readAll(far.source, 10)).toEqual(new Uint8Array(0));
});

test("readMessages() holds up no timer, and leaves none, for a peer that sends nothing in many pieces", async () => {
  const [near, far] = createDuplexPair(64 * 1024);
  const write = async (): Promise<void> => {
    // Empty messages, and the beginning of one of 2 MiB that never becomes whole.
    for (let at = 0; at < 16; at++) await near.sink.write(new Uint8Array(64 * 1024));
    await near.sink.write(Uint8Array.of(0x80, 0x80, 0x80, 0x01));
    for (let at = 0; at < 50_000; at++) await near.sink.write(Uint8Array.of(at));
    near.sink.close();
  };
  let [latestMs, dueMs] = [0, performance.now()];
  const timer = setInterval(() => {
    latestMs = Math.max(latestMs, performance.now() - dueMs);
    dueMs = performance.now() + 5;
  }, 5);
  const made = vi.spyOn(AbortSignal, "timeout");
  const writing = write();
  const read = async (): Promise<void> => {
    const options = { limitBytes: () => 4e6, onBytes: () => undefined, stallMs };
    for await (const message of readMessages(far.source, options)) expect(message).toBeUndefined();
  };
  await expect(read()).rejects.toThrow("A message ends too early");
  await writing;
  clearInterval(timer);
  expect(latestMs).toBeLessThan(1000);
  expect(made).not.toHaveBeenCalled();
  made.mockRestore();
});

test("readMessages() ends when the peer says nothing, in the middle of a message", async () => {
  const [near, far] = createDuplexPair(1024);
  await near.sink.write(Uint8Array.of(5, 1, 2));
  const options = { limitBytes: () => 1e6, onBytes: () => undefined, stallMs: 20 };
  await expect(readMessages(far.source, options).next()).rejects.toMatchObject({
    kind: "disconnected",
    message: "A peer has sent nothing for too long",
  });
});
