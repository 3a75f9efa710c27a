import { encodeText, sha256 } from "#base";
import { deleteDB, openDB } from "idb";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { expect, test } from "vitest";
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
  const [store = ""] = database.objectStoreNames;
  const stored = (await database.getAll(store)) as Uint8Array[];
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

test("openBlockDatabase() leaves the database to a later version of the page", async () => {
  const name = `blocks-${crypto.randomUUID()}`;
  using store = await openBlockDatabase(name);
  const { cid, bytes } = await toBlock(encodeText("hello"));
  const later = await openDB(name, 4);
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
