import { concatBytes, decodeText, encodeText } from "#base";
import type { Snapshot, SnapshotEntry } from "#base";
import { MemoryBlockstore } from "blockstore-core";
import type { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { createBlockSource } from "./block-source.ts";
import type { BlockSource } from "./block-source.ts";
import { encodeCar, importCar } from "./car.ts";
import { importSnapshot } from "./import-snapshot.ts";
import { importTree } from "./import-tree.ts";
import type { ImportedEntry } from "./import-tree.ts";
import { openLayer } from "./layer.ts";
import type { LinkedTree } from "./layer.ts";
import { uniteLayers } from "./union.ts";

const BIG = new Uint8Array(700_000).map((_, at) => (at * 7) % 253);

const file = (path: string, content: Uint8Array | string): ImportedEntry => ({
  type: "file",
  path,
  content: typeof content === "string" ? encodeText(content) : content,
});
const kept = (volume: number, path: string): SnapshotEntry => ({ type: "kept", volume, path });

interface OpenedLayer {
  readonly layer: LinkedTree;
  readonly root: CID;
  readonly store: MemoryBlockstore;
  /** CIDs requested since the layer was opened. */
  readonly asked: string[];
}

async function openStored(entries: ImportedEntry[]): Promise<OpenedLayer> {
  const store = new MemoryBlockstore();
  const root = await importTree(entries, store);
  const asked: string[] = [];
  const stored = createBlockSource(store);
  const source: BlockSource = {
    get(cid, options) {
      asked.push(cid.toString());
      return stored.get(cid, options);
    },
  };
  const layer = await openLayer(root, source);
  asked.length = 0;
  return { layer, root, store, asked };
}

function snapshotOf(
  entries: Record<string, SnapshotEntry>,
  contents: Record<string, Uint8Array> = {},
): Snapshot {
  return {
    entries: new Map(Object.entries(entries)),
    read: (path, offset, lengthBytes) =>
      contents[path]?.subarray(offset, offset + lengthBytes) ?? new Uint8Array(0),
  };
}

async function rootOf(entries: ImportedEntry[]): Promise<string> {
  return (await importTree(entries, new MemoryBlockstore())).toString();
}

test("importSnapshot() of nothing gives the root of the layer, and stores nothing", async () => {
  const { layer, root, asked } = await openStored([file("a", "1"), file("b/c", BIG)]);
  const store = new MemoryBlockstore();
  const snapshot = snapshotOf({ "": kept(0, "") });
  expect(await importSnapshot(snapshot, [layer], store)).toEqual(root);
  expect(await importSnapshot(snapshot, [uniteLayers([layer])], store)).toEqual(root);
  expect(await Array.fromAsync(store.getAll())).toEqual([]);
  expect(asked).toEqual([]);
});

test("importSnapshot() gives the CID of the same files, and fetches nothing that is kept", async () => {
  const image = await openStored([
    file("bin/main.wasm", BIG),
    file("etc/a", "1"),
    file("etc/b", "2"),
  ]);
  const data = await openStored([file("x", "3"), { type: "link", path: "l", target: "x" }]);
  const store = new MemoryBlockstore();
  const snapshot = snapshotOf(
    {
      "": { type: "directory" },
      bin: kept(0, "bin"),
      data: kept(1, ""),
      etc: { type: "directory" },
      "etc/b": kept(0, "etc/b"),
      "etc/c": { type: "file", sizeBytes: 600_000 },
      "etc/empty": { type: "file", sizeBytes: 0 },
      "etc/link": { type: "link", target: "c" },
      var: { type: "directory" },
    },
    { "etc/c": BIG.subarray(0, 600_000) },
  );
  const root = await importSnapshot(snapshot, [image.layer, data.layer], store);
  const expected = await rootOf([
    file("bin/main.wasm", BIG),
    file("data/x", "3"),
    { type: "link", path: "data/l", target: "x" },
    file("etc/b", "2"),
    file("etc/c", BIG.subarray(0, 600_000)),
    file("etc/empty", ""),
    { type: "link", path: "etc/link", target: "c" },
    { type: "directory", path: "var" },
  ]);
  expect(root.toString()).toBe(expected);
  expect([...image.asked, ...data.asked]).toEqual([]);

  // The CAR of new blocks and the old blocks make up the whole image.
  const isOld = async (cid: CID): Promise<boolean> =>
    (await image.store.has(cid)) || (await data.store.has(cid));
  const added = encodeCar(root, createBlockSource(store), { without: isOld });
  let blocks = 0;
  for await (const { cid } of store.getAll()) if (!(await isOld(cid))) blocks++;
  // New: one chunk of the large file and its root, one more file, a link and three directories.
  expect(blocks).toBe(7);
  expect(await Array.fromAsync(added)).toHaveLength(1 + blocks);
  for (const { store: from } of [image, data]) {
    for await (const { cid, bytes } of from.getAll()) {
      await store.put(cid, concatBytes(await Array.fromAsync(bytes)));
    }
  }
  const whole = new MemoryBlockstore();
  const car = encodeCar(root, createBlockSource(store));
  expect(await importCar(car, whole)).toEqual(root);
  const opened = await openLayer(root, createBlockSource(whole));
  expect(decodeText(await opened.read("data/x", 0, 10))).toBe("3");
  expect(await opened.read("etc/c", 0, 700_000)).toEqual(BIG.subarray(0, 600_000));
});

test("importSnapshot() puts directories together where layers meet", async () => {
  const base = await openStored([file("a/one", "1"), file("b/x", BIG), file("c", "old")]);
  const top = await openStored([file("a/two", "2"), file("a/deep/y", "3"), file("c", "new")]);
  const union = uniteLayers([base.layer, top.layer]);
  const files = (at: string): ImportedEntry[] => [
    file(`${at}a/one`, "1"),
    file(`${at}a/two`, "2"),
    file(`${at}a/deep/y`, "3"),
    file(`${at}b/x`, BIG),
    file(`${at}c`, "new"),
  ];
  const store = new MemoryBlockstore();
  const whole = await importSnapshot(snapshotOf({ "": kept(0, "") }), [union], store);
  expect(whole.toString()).toBe(await rootOf(files("")));
  const moved = snapshotOf({
    "": { type: "directory" },
    in: { type: "directory" },
    "in/it": kept(0, ""),
  });
  expect((await importSnapshot(moved, [union], store)).toString()).toBe(
    await rootOf(files("in/it/")),
  );
  expect([...base.asked, ...top.asked]).toEqual([]);
});

test("importSnapshot() adds to a sharded directory", { timeout: 30_000 }, async () => {
  const names = Array.from({ length: 6000 }, (_, at) => `a-rather-long-file-name-${at}`);
  const { layer, asked } = await openStored(names.map((name) => file(`many/${name}`, "x")));
  const entries: Record<string, SnapshotEntry> = { "": { type: "directory" } };
  for (const name of names) entries[`many/${name}`] = kept(0, `many/${name}`);
  entries["many/new"] = { type: "file", sizeBytes: 1 };
  const snapshot = snapshotOf(entries, { "many/new": encodeText("y") });
  const root = await importSnapshot(snapshot, [layer], new MemoryBlockstore());
  expect(root.toString()).toBe(
    await rootOf([...names.map((name) => file(`many/${name}`, "x")), file("many/new", "y")]),
  );
  expect(asked).toEqual([]);
});

test("importSnapshot() refuses what does not fit", async () => {
  const { layer } = await openStored([file("a", "1")]);
  const attempt = (entries: Record<string, SnapshotEntry>): Promise<CID> =>
    importSnapshot(snapshotOf(entries), [layer], new MemoryBlockstore());
  await expect(attempt({ "": kept(1, "") })).rejects.toThrow("not as its entry says");
  await expect(attempt({ a: kept(0, "b") })).rejects.toThrow("not as its entry says");
  await expect(attempt({ a: { type: "file", sizeBytes: 3 } })).rejects.toThrow(
    "not as its entry says",
  );
  await expect(attempt({ "../a": kept(0, "a") })).rejects.toThrow("Not a path");
  for (const sizeBytes of [2 ** 40, Number.NaN]) {
    await expect(attempt({ a: { type: "file", sizeBytes } })).rejects.toThrow("is the limit");
  }
});
