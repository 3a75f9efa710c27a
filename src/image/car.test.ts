import { concatBytes, encodeText, equalBytes } from "#base";
import { CarReader } from "@ipld/car/reader";
import { encode, prepare } from "@ipld/dag-pb";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { sha256 } from "multiformats/hashes/sha2";
import { expect, test } from "vitest";
import { createBlockSource } from "./block-source.ts";
import { encodeCar, encodeCarBlock, encodeCarHeader, importCar } from "./car.ts";
import { walkDag } from "./dag.ts";
import type { Block } from "./dag.ts";
import { importTree } from "./import-tree.ts";

async function sampleCar(): Promise<{ root: CID; car: Uint8Array; blocks: Block[] }> {
  const store = new MemoryBlockstore();
  const content = new Uint8Array(600_000).fill(1);
  const root = await importTree(
    [
      { type: "file", path: "bin/main.wasm", content },
      { type: "file", path: "etc/same", content },
      { type: "file", path: "etc/motd", content: encodeText("hello") },
    ],
    store,
  );
  const source = createBlockSource(store);
  const blocks = await Array.fromAsync(walkDag(root, source));
  return { root, car: concatBytes(await Array.fromAsync(encodeCar(root, source))), blocks };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

test("encodeCar() writes each block once, the root first, and others can read it", async () => {
  const { root, car } = await sampleCar();
  const reader = await CarReader.fromBytes(car);
  expect((await reader.getRoots()).map(String)).toEqual([root.toString()]);
  const cids = (await Array.fromAsync(reader.cids())).map(String);
  expect(cids[0]).toBe(root.toString());
  expect(new Set(cids).size).toBe(cids.length);
  expect(cids.length).toBe(7); // root, bin, etc, the file's node, two different leaves, motd
});

test("importCar() stores what encodeCar() wrote", async () => {
  const { root, car } = await sampleCar();
  const store = new MemoryBlockstore();
  expect((await importCar(pieces(car), store)).toString()).toBe(root.toString());
  const again = await Array.fromAsync(encodeCar(root, createBlockSource(store)));
  expect(equalBytes(concatBytes(again), car)).toBe(true);
});

test("importCar() refuses a block that does not match its hash", async () => {
  const { car } = await sampleCar();
  car[car.length - 1]! ^= 1;
  await expect(importCar(pieces(car), new MemoryBlockstore())).rejects.toThrow(
    /Block "baf.*does not match its hash/,
  );
});

test("importCar() refuses a CAR that is cut, not whole, or no CAR", async () => {
  const { root, car, blocks } = await sampleCar();
  const store = new MemoryBlockstore();
  await expect(importCar(pieces(car.subarray(0, -5)), store)).rejects.toThrow("Not a CAR file");
  await expect(importCar(pieces(encodeText("hello")), store)).rejects.toThrow("Not a CAR file");
  await expect(importCar(pieces(new Uint8Array(0)), store)).rejects.toThrow("Not a CAR file");
  const part = concatBytes([encodeCarHeader(root), ...blocks.slice(0, 3).map(encodeCarBlock)]);
  await expect(importCar(pieces(part), new MemoryBlockstore())).rejects.toThrow(
    "CAR is not complete",
  );
});

test("walkDag() refuses a block of too many links, and lets a timer stop it among those of many", async () => {
  const store = new MemoryBlockstore();
  const blocks = createBlockSource(store);
  const empty = CID.createV1(0x55, identity.digest(new Uint8Array(0)));
  const chain = async (levels: number, links: number): Promise<CID> => {
    let top: CID = empty;
    for (let level = 0; level < levels; level++) {
      const below = top;
      const Links = Array.from({ length: links }, () => ({ Name: "", Hash: below, Tsize: 1 }));
      const block = encode(prepare({ Links }));
      top = CID.createV1(0x70, await sha256.digest(block));
      await store.put(top, block);
    }
    return top;
  };
  const tooWide = await chain(1, 200_001);
  await expect(Array.fromAsync(walkDag(tooWide, blocks))).rejects.toThrow(
    /^Cannot read block "bafy\w+": it has more than 200000 links$/,
  );
  const root = await chain(30, 1000);
  const stop = new AbortController();
  const reason = new Error("no longer wanted");
  setTimeout(() => stop.abort(reason), 0);
  const walked = Array.fromAsync(walkDag(root, blocks, { signal: stop.signal }));
  await expect(walked).rejects.toBe(reason);
});
