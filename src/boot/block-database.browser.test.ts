import { encodeText, sha256 } from "#base";
import { deleteDB, openDB } from "idb";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { expect, test, vi } from "vitest";
import { cdp } from "vitest/browser";
import { openBlockDatabase } from "./block-database.ts";

async function toBlock(bytes: Uint8Array): Promise<{ cid: CID; bytes: Uint8Array }> {
  return { cid: CID.createV1(0x55, create(0x12, await sha256(bytes))), bytes };
}

test("openBlockDatabase() keeps blocks for the next time it is opened", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  const { cid, bytes } = await toBlock(encodeText("hello"));
  const other = await toBlock(encodeText("other"));
  {
    using store = await openBlockDatabase(name);
    expect(await store.has(cid)).toBe(false);
    await store.put(cid, bytes);
    expect(await store.has(cid)).toBe(true);
    await Array.fromAsync(store.putMany([other]));
  }
  using store = await openBlockDatabase(name);
  expect(await Array.fromAsync(store.get(cid))).toEqual([bytes]);
  const all = await Array.fromAsync(store.getAll());
  expect(all.map((block) => block.cid.toString()).toSorted()).toEqual(
    [cid.toString(), other.cid.toString()].toSorted(),
  );
  await store.delete(cid);
  expect(await store.has(cid)).toBe(false);
  await expect(Array.fromAsync(store.get(cid))).rejects.toMatchObject({ name: "NotFoundError" });
});

test("openBlockDatabase() has what another tab stores meanwhile", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  using mine = await openBlockDatabase(name);
  using theirs = await openBlockDatabase(name);
  const { cid, bytes } = await toBlock(encodeText("hello"));
  expect(await mine.has(cid)).toBe(false);
  await theirs.put(cid, bytes);
  expect(await mine.has(cid)).toBe(true);
  await theirs.delete(cid);
  await expect(Array.fromAsync(mine.get(cid))).rejects.toMatchObject({ name: "NotFoundError" });
  expect(await mine.has(cid)).toBe(false);
});

test("openBlockDatabase() stores the bytes of a block, and not the buffer that they lie in", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  const buffer = new Uint8Array(1_000_000);
  const { cid, bytes } = await toBlock(buffer.subarray(500, 600));
  {
    using store = await openBlockDatabase(name);
    await store.put(cid, bytes);
    await Array.fromAsync(store.putMany([await toBlock(buffer.subarray(0, 700))]));
  }
  const database = await openDB(name);
  const stored = (await database.getAll("blocks")) as Uint8Array[];
  database.close();
  const sizes = stored.map(({ buffer }) => buffer.byteLength);
  expect(sizes.toSorted((a, b) => a - b)).toEqual([100, 700]);
});

test("openBlockDatabase() begins anew where an earlier version has stored whole buffers", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  const earlier = await openDB(name, 1, {
    upgrade: (database) => void database.createObjectStore(name),
  });
  await earlier.put(name, new Uint8Array(10), "/OLD");
  earlier.close();
  using store = await openBlockDatabase(name);
  expect(await Array.fromAsync(store.getAll())).toEqual([]);
});

test("openBlockDatabase() opens again after somebody has deleted the database, empty", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  using store = await openBlockDatabase(name);
  const { cid, bytes } = await toBlock(encodeText("hello"));
  await store.put(cid, bytes);
  await deleteDB(name);
  expect(await store.has(cid)).toBe(false);
  await deleteDB(name);
  await expect(Array.fromAsync(store.get(cid))).rejects.toMatchObject({ name: "NotFoundError" });
  await deleteDB(name);
  await store.put(cid, bytes);
  expect(await Array.fromAsync(store.get(cid))).toEqual([bytes]);
});

test("openBlockDatabase() opens again after the browser has cleared the origin's data", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  using store = await openBlockDatabase(name);
  const { cid, bytes } = await toBlock(encodeText("hello"));
  await store.put(cid, bytes);
  const session = cdp() as unknown as {
    send(method: string, params: { origin: string; storageTypes: string }): Promise<void>;
  };
  const { origin } = location;
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  expect(await store.has(cid)).toBe(false);
  await store.put(cid, bytes);
  expect(await Array.fromAsync(store.get(cid))).toEqual([bytes]);
});

test("openBlockDatabase() closes a connection that it gives up after an aborted transaction", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  using store = await openBlockDatabase(name);
  const { cid, bytes } = await toBlock(encodeText("hello"));
  const transaction = vi.spyOn(IDBDatabase.prototype, "transaction");
  const close = vi.spyOn(IDBDatabase.prototype, "close");
  try {
    transaction.mockImplementationOnce(() => {
      throw new DOMException("The transaction was aborted", "AbortError");
    });
    await store.put(cid, bytes);
    expect(close.mock.instances).toEqual(transaction.mock.instances.slice(0, 1));
  } finally {
    vi.restoreAllMocks();
  }
  expect(await Array.fromAsync(store.get(cid))).toEqual([bytes]);
});

test("openBlockDatabase() leaves the database to a later version of the page", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  using store = await openBlockDatabase(name);
  const { cid, bytes } = await toBlock(encodeText("hello"));
  const later = await openDB(name, 5);
  await expect(store.put(cid, bytes)).rejects.toMatchObject({
    kind: "failed",
    message: expect.stringMatching(/^Cannot store blocks: /),
  });
  later.close();
});

test("openBlockDatabase() lists layers by when they were used, and keeps blocks of the version before", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  const { cid, bytes } = await toBlock(encodeText("hello"));
  const other = await toBlock(encodeText("other"));
  const old = await openDB(name, 2, {
    upgrade: (opened) => void opened.createObjectStore("blocks"),
  });
  old.close();
  using store = await openBlockDatabase(name);
  await store.put(cid, bytes);
  await store.touchLayer(cid, 20);
  await store.touchLayer(other.cid, 10);
  expect((await store.listLayers()).map(String)).toEqual([other.cid, cid].map(String));
  await store.touchLayer(other.cid, 30);
  await store.forgetLayer(cid);
  expect((await store.listLayers()).map(String)).toEqual([other.cid.toString()]);
});

/** Makes blocks of this size, small enough to be packed. */
async function makeSmall(count: number, bytes = 100): Promise<{ cid: CID; bytes: Uint8Array }[]> {
  return Promise.all(
    Array.from({ length: count }, (_, at) => toBlock(encodeText(`${at}`.padEnd(bytes, ".")))),
  );
}

const sizesOf = async (name: string): Promise<Record<string, number>> => {
  const database = await openDB(name);
  const sizes: Record<string, number> = {};
  for (const store of database.objectStoreNames) sizes[store] = await database.count(store);
  database.close();
  return sizes;
};

test("openBlockDatabase() keeps small blocks in few records, each readable and removable by itself", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  const blocks = await makeSmall(3_000);
  const large = await toBlock(new Uint8Array(100_000));
  {
    using store = await openBlockDatabase(name);
    await Array.fromAsync(store.putMany([...blocks, large]));
    expect(await sizesOf(name)).toMatchObject({ blocks: 1, packs: 3, packIndexes: 3 });
  }
  using store = await openBlockDatabase(name);
  for (const { cid, bytes } of blocks)
    expect(await Array.fromAsync(store.get(cid))).toEqual([bytes]);
  expect(await Array.fromAsync(store.getAll())).toHaveLength(3_001);
  const [gone, kept] = [blocks.slice(0, 1_500), blocks.slice(1_500)];
  await Array.fromAsync(store.deleteMany(gone.map(({ cid }) => cid)));
  expect(await sizesOf(name)).toMatchObject({ blocks: 1, packs: 2, packIndexes: 2 });
  using again = await openBlockDatabase(name);
  for (const { cid } of gone) {
    expect(await store.has(cid)).toBe(false);
    expect(await again.has(cid)).toBe(false);
  }
  for (const { cid, bytes } of kept) {
    expect(await Array.fromAsync(store.get(cid))).toEqual([bytes]);
    expect(await Array.fromAsync(again.get(cid))).toEqual([bytes]);
  }
  await Array.fromAsync(store.deleteMany(kept.map(({ cid }) => cid)));
  expect(await sizesOf(name)).toMatchObject({ blocks: 1, packs: 0, packIndexes: 0 });
});

test("openBlockDatabase() stores no small block twice", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  const blocks = await makeSmall(20);
  const [first] = blocks;
  using store = await openBlockDatabase(name);
  await store.put(first!.cid, first!.bytes);
  await Array.fromAsync(store.putMany(blocks));
  await Array.fromAsync(store.putMany(blocks));
  await store.put(first!.cid, first!.bytes);
  expect(await sizesOf(name)).toMatchObject({ blocks: 1, packs: 1 });
  await store.delete(first!.cid);
  expect(await store.has(first!.cid)).toBe(false);
});

test("openBlockDatabase() follows what another tab packs, removes and packs anew", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  const blocks = await makeSmall(20);
  using mine = await openBlockDatabase(name);
  using theirs = await openBlockDatabase(name);
  await Array.fromAsync(theirs.putMany(blocks));
  const [first, ...others] = blocks;
  expect(await Array.fromAsync(mine.get(first!.cid))).toEqual([first!.bytes]);
  await theirs.delete(first!.cid);
  using late = await openBlockDatabase(name);
  expect(await late.has(first!.cid)).toBe(false);
  for (const { cid, bytes } of others)
    expect(await Array.fromAsync(mine.get(cid))).toEqual([bytes]);
  // `mine` does not know yet that another connection has repacked them.
  await Array.fromAsync(mine.deleteMany(others.map(({ cid }) => cid)));
  using last = await openBlockDatabase(name);
  for (const { cid } of others) expect(await last.has(cid)).toBe(false);
});

test("openBlockDatabase() packs what comes to a database of the version before, and keeps what that had", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  const { cid, bytes } = await toBlock(encodeText("hello"));
  const old = await openDB(name, 3, {
    upgrade(opened) {
      opened.createObjectStore("blocks");
      opened.createObjectStore("layers");
    },
  });
  const { base32upper } = await import("multiformats/bases/base32");
  await old.put("blocks", bytes, `/${base32upper.encode(cid.multihash.bytes)}`);
  old.close();
  using store = await openBlockDatabase(name);
  await Array.fromAsync(store.putMany(await makeSmall(20)));
  expect(await Array.fromAsync(store.get(cid))).toEqual([bytes]);
  expect(await sizesOf(name)).toMatchObject({ blocks: 1, packs: 1 });
});
