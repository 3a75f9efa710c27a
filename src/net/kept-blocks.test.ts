import { encodeText, Exception, sha256 } from "#base";
import type { CarBlock } from "#base";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { expect, test } from "vitest";
import { openContent } from "./content.ts";
import { answerFrom, makeImage, startServer } from "./http.testing.ts";
import { createKeptBlocks } from "./kept-blocks.ts";

async function toBlock(bytes: Uint8Array): Promise<CarBlock> {
  return { cid: CID.createV1(0x55, create(0x12, await sha256(bytes))), bytes };
}

/** A store that counts its transactions, and limits the size of each. */
class SmallStore extends MemoryBlockstore {
  readonly batches: number[] = [];
  limitBytes: number;

  constructor(limitBytes: number) {
    super();
    this.limitBytes = limitBytes;
  }

  override async *putMany(source: Iterable<CarBlock>): AsyncGenerator<CID> {
    const blocks = [...source];
    this.batches.push(blocks.length);
    const bytes = blocks.reduce((sum, block) => sum + block.bytes.length, 0);
    if (bytes > this.limitBytes) throw new Exception("failed", "Cannot store blocks: it is full");
    for (const block of blocks) yield await this.put(block.cid, block.bytes);
  }
}

test("createKeptBlocks() stores what comes meanwhile in one go, and has it at once", async () => {
  const store = new SmallStore(Infinity);
  const kept = createKeptBlocks(store);
  const blocks = await Promise.all(
    Array.from({ length: 1000 }, (_, at) => toBlock(encodeText(`block ${at}`))),
  );
  for (const { cid, bytes } of blocks) await kept.put(cid, bytes);
  const [{ cid, bytes } = blocks[0]!] = blocks.slice(-1);
  expect(await kept.has(cid)).toBe(true);
  expect(await kept.get(cid)).toEqual(bytes);
  await kept.settled();
  expect(await store.has(cid)).toBe(true);
  expect(store.batches.reduce((sum, count) => sum + count, 0)).toBe(1000);
  expect(store.batches.length).toBeLessThan(10);
});

test("createKeptBlocks() stores when no block was used for a while, or when 8 MiB wait", async () => {
  const store = new SmallStore(Infinity);
  const pauses: (() => void)[] = [];
  const pause = async (signal: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    pauses.push(resolve);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
  };
  const kept = createKeptBlocks(store, { pause });
  const small = await toBlock(encodeText("small"));
  const other = await toBlock(encodeText("other"));
  await kept.put(small.cid, small.bytes);
  await kept.put(other.cid, other.bytes);
  pauses.shift()?.();
  await expect.poll(() => pauses.length).toBe(1);
  expect([store.batches.length, await kept.get(small.cid)]).toEqual([0, small.bytes]);
  // The block was read meanwhile.
  pauses.shift()?.();
  await expect.poll(() => pauses.length).toBe(1);
  pauses.shift()?.();
  await expect.poll(() => store.batches).toEqual([2]);
  const large = await toBlock(new Uint8Array(8 * 1024 ** 2));
  await kept.put(large.cid, large.bytes);
  await expect.poll(() => store.has(large.cid)).toBe(true);
});

test("createKeptBlocks() stays at most 64 MiB ahead of the store", async () => {
  let open: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  class SlowStore extends MemoryBlockstore {
    override async *putMany(source: Iterable<CarBlock>): AsyncGenerator<CID> {
      await gate;
      for (const { cid, bytes } of source) yield await this.put(cid, bytes);
    }
  }
  const kept = createKeptBlocks(new SlowStore());
  const bytes = new Uint8Array(1024 ** 2);
  let put = 0;
  const putting = (async () => {
    for (; put < 100; put++) {
      const digest = new Uint8Array(32).fill(put);
      await kept.put(CID.createV1(0x55, create(0x12, digest)), bytes);
    }
  })();
  await expect.poll(() => put).toBe(63);
  open?.();
  await putting;
  expect(put).toBe(100);
});

test("createKeptBlocks() goes on in memory when the store is full, then says why not", async () => {
  const kept = createKeptBlocks(new SmallStore(0));
  const small = await toBlock(encodeText("small"));
  await kept.put(small.cid, small.bytes);
  await kept.settled();
  expect(await kept.get(small.cid)).toEqual(small.bytes);
  const bytes = new Uint8Array(1024 ** 2);
  const fill = async (): Promise<void> => {
    for (let at = 0; at < 100; at++) {
      const digest = new Uint8Array(32).fill(at);
      await kept.put(CID.createV1(0x55, create(0x12, digest)), bytes);
    }
  };
  await expect(fill()).rejects.toThrow("Cannot store blocks: it is full");
  expect(await kept.get(small.cid)).toEqual(small.bytes);
});

test("openContent() stores again with the next layer what there was no room for", async () => {
  const image = await makeImage();
  await using server = await startServer(answerFrom(image));
  const blockstore = new SmallStore(0);
  await using content = await openContent({ blockstore, gateways: [server.url], fetch });
  const { cid, bytes } = await toBlock(encodeText("small"));
  await content.put(cid, bytes);
  await expect.poll(() => blockstore.batches.length).toBe(1);
  blockstore.limitBytes = Infinity;
  await content.fetchLayer(image.root);
  await expect.poll(() => blockstore.has(cid)).toBe(true);
});

for (const car of [true, false]) {
  test(`openContent() says why there is no room for ${car ? "a CAR" : "single blocks"}`, async () => {
    const image = await makeImage();
    await using server = await startServer(answerFrom(image, { car }));
    const blockstore = new SmallStore(0);
    await using content = await openContent({ blockstore, gateways: [server.url], fetch });
    const bytes = new Uint8Array(1024 ** 2);
    for (let at = 0; at < 65; at++) {
      const cid = CID.createV1(0x55, create(0x12, new Uint8Array(32).fill(at)));
      await content.put(cid, bytes).catch(() => undefined);
    }
    await expect(content.fetchLayer(image.root)).rejects.toThrow(
      /^Cannot store blocks: it is full$/,
    );
  });
}

for (const [name, alter] of [
  ["altered", (bytes: Uint8Array) => bytes.with(5, 1 ^ (bytes[5] ?? 0))],
  ["cut short", (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2)],
  ["emptied", () => new Uint8Array(0)],
] as const) {
  test(`openContent() fetches a stored block again that was ${name}`, async () => {
    const image = await makeImage();
    await using server = await startServer(answerFrom(image));
    const blockstore = new MemoryBlockstore();
    {
      await using content = await openContent({ blockstore, gateways: [server.url], fetch });
      await content.fetchLayer(image.root);
    }
    for (const [key, bytes] of image.blocks) await blockstore.put(CID.parse(key), alter(bytes));
    await using content = await openContent({ blockstore, gateways: [server.url], fetch });
    await content.fetchLayer(image.root);
    for (const [key, bytes] of image.blocks) {
      expect(await content.get(CID.parse(key))).toEqual(bytes);
    }
    await using offline = await openContent({ blockstore, gateways: [], fetch });
    for (const [key, bytes] of image.blocks) {
      expect(await offline.get(CID.parse(key))).toEqual(bytes);
    }
  });
}
