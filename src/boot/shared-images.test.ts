import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { concatBytes, readCar } from "#base";
import { importTree } from "#image";
import type { ImportedEntry } from "#image";
import { createSharedImages } from "./shared-images.ts";

interface Bench {
  readonly roots: readonly CID[];
  readonly store: MemoryBlockstore;
  readonly images: ReturnType<typeof createSharedImages>;
  /** Roots that are protected from eviction. */
  readonly keptRoots: ReadonlySet<string>;
}

/** Two images with a file in common. */
async function openBench(): Promise<Bench> {
  const store = new MemoryBlockstore();
  const roots: CID[] = [];
  for (const name of ["one", "two"]) {
    const files: readonly ImportedEntry[] = [
      { path: "bin/main.wasm", type: "file", content: new Uint8Array([0, 97, 115, 109]) },
      { path: name, type: "file", content: new TextEncoder().encode(name) },
    ];
    roots.push(await importTree(files, store));
  }
  const keptRoots = new Set<string>();
  const images = createSharedImages({
    find: async (cid) =>
      (await store.has(cid)) ? concatBytes(await Array.fromAsync(store.get(cid))) : undefined,
    keep(root) {
      keptRoots.add(root.toString());
      return { [Symbol.dispose]: () => void keptRoots.delete(root.toString()) };
    },
  });
  return { roots, store, images, keptRoots };
}

async function readCids(images: Bench["images"], root: CID): Promise<string[] | undefined> {
  const car = await images.readDag(root, {});
  if (car === undefined) return undefined;
  const { blocks } = await readCar(car);
  return (await Array.fromAsync(blocks)).map(({ cid }) => cid.toString());
}

test("createSharedImages() gives the DAGs that were added, parts of them, and nothing else", async () => {
  const { roots, images } = await openBench();
  const [one, two] = roots as [CID, CID];
  expect(await readCids(images, one)).toBeUndefined();
  await images.add(one);
  const cids = (await readCids(images, one)) ?? [];
  expect(cids.length).toBeGreaterThan(3);
  expect(await readCids(images, two)).toBeUndefined();
  expect(await images.readBlock(two, {})).toBeUndefined();
  expect(await images.hasBlock(two)).toBe(false);
  for (const cid of cids) {
    expect(await images.readBlock(CID.parse(cid), {})).toBeDefined();
    expect(await images.hasBlock(CID.parse(cid))).toBe(true);
    expect((await readCids(images, CID.parse(cid)))?.[0]).toBe(cid);
  }
  await images.add(two);
  images.remove(one);
  expect(await readCids(images, one)).toBeUndefined();
  expect(await readCids(images, two)).toBeDefined();
});

test("createSharedImages() shares a layer until it was removed as often as it was added", async () => {
  const { roots, images } = await openBench();
  const [one] = roots as [CID, CID];
  await Promise.all([images.add(one), images.add(one)]);
  images.remove(one);
  expect(await readCids(images, one)).toBeDefined();
  images.remove(one);
  images.remove(one);
  expect(await readCids(images, one)).toBeUndefined();
});

test("createSharedImages() refuses a layer of which a block is missing", async () => {
  const { roots, store, images } = await openBench();
  const [one] = roots as [CID, CID];
  await images.add(one);
  const cids = (await readCids(images, one)) ?? [];
  images.remove(one);
  await store.delete(CID.parse(cids.at(-1) ?? ""));
  await expect(images.add(one)).rejects.toThrow("is not stored here");
  expect(await readCids(images, one)).toBeUndefined();
});

test("createSharedImages() keeps the blocks of a layer as long as it is shared", async () => {
  const { roots, store, images, keptRoots } = await openBench();
  const [one, two] = roots as [CID, CID];
  await images.add(one);
  await images.add(one);
  images.remove(one);
  await store.delete(two);
  await expect(images.add(two)).rejects.toThrow("is not stored here");
  expect([...keptRoots]).toEqual([one.toString()]);
  images.remove(one);
  expect(keptRoots.size).toBe(0);
});
