/** DAGs whose blocks have too many links. */
import { encode, prepare } from "@ipld/dag-pb";
import type { CarBlock } from "#base";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { sha256 } from "multiformats/hashes/sha2";
import { expect, test } from "vitest";
import { createKeptBlocks } from "./kept-blocks.ts";
import { findMissing } from "./missing.ts";
import { takeDag } from "./take-dag.ts";

const empty = CID.createV1(0x55, identity.digest(new Uint8Array(0)));

async function toBlock(links: readonly CID[], text: string): Promise<CarBlock> {
  const Links = links.map((Hash) => ({ Name: "", Hash, Tsize: 1 }));
  const bytes = encode(prepare({ Data: new TextEncoder().encode(text), Links }));
  return { cid: CID.createV1(0x70, await sha256.digest(bytes)), bytes };
}

/** A root with blocks below it that have `links` links each. */
async function dagOf(blocks: number, links: number): Promise<[CarBlock, ...CarBlock[]]> {
  const many = Array.from({ length: links }, () => empty);
  const below: CarBlock[] = [];
  for (let at = 0; at < blocks; at++) below.push(await toBlock(many, `${at}`));
  const cids = below.map(({ cid }) => cid);
  return [await toBlock(cids, "root"), ...below];
}

const GATEWAY = { kind: "gateway", name: "of the test" } as const;

async function* arrive(blocks: readonly CarBlock[]): AsyncGenerator<CarBlock> {
  yield* blocks;
}

async function keep(blocks: readonly CarBlock[]): Promise<ReturnType<typeof createKeptBlocks>> {
  const kept = createKeptBlocks(new MemoryBlockstore());
  for (const { cid, bytes } of blocks) await kept.put(cid, bytes);
  await kept.settled();
  return kept;
}

test("takeDag() and findMissing() refuse a block of too many links", async () => {
  const blocks = await dagOf(1, 200_001);
  const [{ cid: root }] = blocks;
  const refusal = /^Cannot read block "bafy\w+": it has more than 200000 links$/;
  const taken = takeDag(root, arrive(blocks), GATEWAY, {
    onBlock: async () => undefined,
  });
  await expect(taken).rejects.toThrow(refusal);
  await expect(findMissing(root, await keep(blocks))).rejects.toThrow(refusal);
});

test("takeDag() lets a timer stop it among blocks of many links that arrived before", async () => {
  const blocks = await dagOf(60, 1000);
  const [{ cid: root }] = blocks;
  const stop = new AbortController();
  const reason = new Error("no longer wanted");
  const onBlock = async (cid: CID): Promise<void> => {
    if (cid.equals(root)) setTimeout(() => stop.abort(reason), 0);
  };
  const { signal } = stop;
  const taken = takeDag(root, arrive(blocks.toReversed()), GATEWAY, { onBlock }, { signal });
  await expect(taken).rejects.toBe(reason);
});

test("takeDag() reads on for no longer than it hashes when a block cannot be kept", async () => {
  const [root, ...below] = await dagOf(500, 1);
  let read = 0;
  async function* arriving(): AsyncGenerator<CarBlock> {
    for (const block of [root, ...below]) {
      read++;
      yield block;
      await new Promise<void>((resolve) => setTimeout(resolve));
    }
  }
  const taken = takeDag(root.cid, arriving(), GATEWAY, {
    onBlock: () => Promise.reject(new Error("storage is full")),
  });
  await expect(taken).rejects.toThrow("is full");
  expect(read).toBeLessThan(100);
});

test("takeDag() tells when all blocks have come, in any order, and not when one is missing", async () => {
  const leaves = [await toBlock([], "a"), await toBlock([], "b")];
  const folder = await toBlock(
    leaves.map(({ cid }) => cid),
    "folder",
  );
  const root = await toBlock([folder.cid, ...leaves.map(({ cid }) => cid)], "root");
  const blocks = [root, folder, ...leaves];
  const isWhole = async (sent: readonly CarBlock[]): Promise<boolean> => {
    let told = 0;
    const onWhole = (): void => void told++;
    const taker = { onBlock: async () => undefined, onWhole };
    expect(await takeDag(root.cid, arrive(sent), GATEWAY, taker)).toBeUndefined();
    return told === 1;
  };
  expect(await isWhole(blocks)).toBe(true);
  expect(await isWhole([...blocks.toReversed(), ...blocks])).toBe(true);
  for (const missing of blocks.slice(1)) {
    expect(await isWhole(blocks.filter((block) => block !== missing))).toBe(false);
  }
});

test("findMissing() lets a timer stop it among blocks of many links", async () => {
  const blocks = await dagOf(60, 1000);
  const kept = await keep(blocks);
  const stop = new AbortController();
  const reason = new Error("no longer wanted");
  setTimeout(() => stop.abort(reason), 0);
  await expect(findMissing(blocks[0].cid, kept, { signal: stop.signal })).rejects.toBe(reason);
});
