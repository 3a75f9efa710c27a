import { Exception } from "#base";
import type { EventualTree } from "#base";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createPieceStore } from "./piece-store.ts";
import type { PieceStore } from "./piece-store.ts";
import { createReadCache } from "./read-cache.ts";
import type { CachedTree, ReadCacheOptions } from "./read-cache.ts";

const SIZE = 1000;
const TRUTH = Uint8Array.from({ length: SIZE }, (_, at) => (at * 7 + (at >> 8)) % 256);

interface Asked {
  readonly tree: CachedTree;
  /** The ranges that the cache requested from the tree. */
  readonly ranges: string[];
  lost: boolean;
}

function open(options: Partial<ReadCacheOptions> = {}, id?: string): Asked {
  const ranges: string[] = [];
  const tree: EventualTree = {
    entries: new Map([
      ["file", { type: "file", sizeBytes: SIZE }],
      ["folder", { type: "directory" }],
    ]),
    id,
    async read(path, offset, lengthBytes) {
      ranges.push(`${offset}+${lengthBytes}`);
      if (asked.lost || path !== "file") throw new Exception("failed", "No peer has the block");
      return TRUTH.slice(offset, offset + lengthBytes);
    },
  };
  const usual = { pieceBytes: 16, limitBytes: 2 ** 20, aheadBytes: 64, groupBytes: 16 };
  const asked = { tree: createReadCache({ ...usual, ...options }).open(tree), ranges, lost: false };
  return asked;
}

/** @param isLost whether the file can no longer be read */
async function openStore(
  limitBytes: number,
  isLost: () => boolean = () => false,
): Promise<PieceStore> {
  const bytes = new Uint8Array(limitBytes);
  const file = {
    read(to: Uint8Array, offset: number) {
      if (isLost()) throw new Exception("failed", "The file is gone");
      to.set(bytes.subarray(offset, offset + to.length));
    },
    write: (from: Uint8Array, offset: number) => bytes.set(from, offset),
    [Symbol.dispose]() {},
  };
  const store = createPieceStore({ open: async () => file, pieceBytes: 16, limitBytes });
  store.keep({ id: "none", path: "", index: 0 }, new Uint8Array(16));
  await Promise.resolve();
  return store;
}

test("createReadCache() gives what the tree has, whatever was read before", async () => {
  const reads = fc.array(fc.tuple(fc.nat(SIZE + 20), fc.nat(100), fc.boolean()), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      reads,
      fc.boolean(),
      fc.constantFrom(0, 16, 64),
      async (all, isStored, groupBytes) => {
        const store = isStored ? await openStore(160) : undefined;
        const { tree } = open({ limitBytes: 3 * 1024, groupBytes, store }, "id");
        for (const [offset, length, isCopied] of all) {
          const expected = TRUTH.slice(offset, offset + length);
          if (isCopied) {
            const target = new Uint8Array(length);
            expect(await tree.copy("file", offset, target)).toBe(expected.length);
            expect(target.subarray(0, expected.length)).toEqual(expected);
          } else {
            expect(await tree.read("file", offset, length)).toEqual(expected);
          }
        }
      },
    ),
  );
});

test("createReadCache() asks for what a reader that goes on reads next, and then gives it at once", async () => {
  const { tree, ranges } = open();
  await tree.read("file", 0, 16);
  await tree.read("file", 16, 16);
  await tree.read("file", 32, 16);
  expect(ranges).toEqual(["0+16", "16+16", "32+16", "48+16", "64+16"]);
  await Promise.resolve();
  expect(tree.read("file", 48, 4)).toEqual(TRUTH.slice(48, 52));
});

test("createReadCache() fetches one piece for a read here and there, and a group after many of them", async () => {
  const { tree, ranges } = open({ groupBytes: 64 });
  for (let at = 7; at > 0; at--) await tree.read("file", at * 100, 4);
  expect(ranges.splice(0)).toHaveLength(7);
  await tree.read("file", 900, 4);
  expect(ranges).toEqual(["896+16", "912+16", "928+16", "944+16"]);
});

test("createReadCache() without groups fetches what is read here and there, and no more", async () => {
  const { tree, ranges } = open({ groupBytes: 0 });
  for (let at = 8; at > 0; at--) await tree.read("file", at * 100, 4);
  ranges.length = 0;
  expect(await tree.read("file", 950, 20)).toEqual(TRUTH.slice(950, 970));
  expect(await tree.read("file", 950, 20)).toEqual(TRUTH.slice(950, 970));
  expect(ranges).toEqual(["950+20", "950+20"]);
});

test("createReadCache() keeps no more than its limit: what was not used for longest is asked for again", async () => {
  // A small piece counts as 1 KiB, since it takes entries in tables.
  const { tree, ranges } = open({ limitBytes: 3 * 1024 });
  for (const at of [900, 700, 500, 900, 300]) await tree.read("file", at, 1);
  ranges.length = 0;
  await tree.read("file", 900, 1);
  expect(ranges).toEqual([]);
  await tree.read("file", 700, 1);
  expect(ranges).toEqual(["688+16"]);
});

test("createReadCache() refuses an answer that is too short, from a piece and past all pieces", async () => {
  for (const groupBytes of [0, 16]) {
    const entries = new Map([["file", { type: "file", sizeBytes: SIZE } as const]]);
    const tree: EventualTree = {
      entries,
      id: undefined,
      read: async (_path, _offset, lengthBytes) => new Uint8Array(lengthBytes - 1),
    };
    const usual = { pieceBytes: 16, limitBytes: 2 ** 20, aheadBytes: 64, groupBytes };
    const cached = createReadCache(usual).open(tree);
    for (const offset of [0, 300, 90, 410, 180]) {
      const reading = (async () => cached.read("file", offset, 4))();
      await expect(reading).rejects.toThrow('File "/file" is not as long as its index says');
    }
  }
});

test("createReadCache() does not keep a failure", async () => {
  const asked = open();
  asked.lost = true;
  await expect(asked.tree.read("file", 0, 4)).rejects.toThrow("No peer has the block");
  asked.lost = false;
  expect(await asked.tree.read("file", 0, 4)).toEqual(TRUTH.slice(0, 4));
});

test("createReadCache() ends a read with its signal, and what it has asked for stays of use", async () => {
  const { tree, ranges } = open();
  const stop = new AbortController();
  const reading = tree.read("file", 0, 4, { signal: stop.signal });
  stop.abort("enough");
  await expect(reading).rejects.toBe("enough");
  expect(await tree.read("file", 0, 4)).toEqual(TRUTH.slice(0, 4));
  expect(ranges).toEqual(["0+16"]);
});

test("createReadCache() refuses places that no file has, and what is no file", async () => {
  const { tree, ranges } = open();
  for (const wrong of [-1, NaN, 0.5, Infinity]) {
    expect(() => tree.read("file", wrong, 1)).toThrow(RangeError);
    expect(() => tree.read("file", 0, wrong)).toThrow(RangeError);
  }
  expect(ranges).toEqual([]);
  await expect(tree.read("folder", 0, 1)).rejects.toThrow("No peer has the block");
  await expect(tree.copy("nowhere", 0, new Uint8Array(1))).rejects.toThrow("No peer has the block");
});

test("createReadCache() asks for nothing that the store has of a tree with the same id", async () => {
  const store = await openStore(2 ** 16);
  const first = open({ store }, "one");
  await first.tree.read("file", 0, SIZE);
  const again = open({ store }, "one");
  expect(await again.tree.read("file", 5, SIZE)).toEqual(TRUTH.slice(5));
  expect(again.ranges).toEqual([]);
  for (const id of ["two", undefined]) {
    const other = open({ store }, id);
    await other.tree.read("file", 5, 1);
    expect(other.ranges).toEqual(["0+16"]);
  }
});

test("createReadCache() fetches again what the store has lost", async () => {
  let isLost = false;
  const store = await openStore(2 ** 16, () => isLost);
  await open({ store }, "one").tree.read("file", 0, SIZE);
  isLost = true;
  const { tree, ranges } = open({ store }, "one");
  expect(await tree.read("file", 5, 30)).toEqual(TRUTH.slice(5, 35));
  expect(ranges).toEqual(["0+16", "16+16", "32+16"]);
});
