import { decodeText, encodeText, equalBytes, Exception } from "#base";
import type { FileTree } from "#base";
import { encode, prepare } from "@ipld/dag-pb";
import { MemoryBlockstore } from "blockstore-core";
import { UnixFS } from "ipfs-unixfs";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { sha256 } from "multiformats/hashes/sha2";
import { expect, test } from "vitest";
import { createBlockSource } from "./block-source.ts";
import type { BlockSource } from "./block-source.ts";
import { importTree } from "./import-tree.ts";
import type { ImportedEntry } from "./import-tree.ts";
import { openLayer } from "./layer.ts";

const big = new Uint8Array(1_000_000).map((_, at) => (at * 7) % 253);

async function layerOf(
  entries: ImportedEntry[],
): Promise<FileTree & { readonly asked: string[]; readonly root: CID }> {
  const store = new MemoryBlockstore();
  const root = await importTree(entries, store);
  const asked: string[] = [];
  const stored = createBlockSource(store);
  const counted: BlockSource = {
    get(cid, options) {
      asked.push(cid.toString());
      return stored.get(cid, options);
    },
  };
  const layer = await openLayer(root, counted);
  return { ...layer, asked, root };
}

const file = (path: string, content: Uint8Array | string): ImportedEntry => ({
  type: "file",
  path,
  content: typeof content === "string" ? encodeText(content) : content,
});

test("openLayer() gives the tree that was imported", async () => {
  const layer = await layerOf([
    file("bin/main.wasm", big),
    file("etc/motd", "hello"),
    file("etc/empty", ""),
    { type: "directory", path: "var" },
    { type: "link", path: "bin/sh", target: "main.wasm" },
  ]);
  expect(Object.fromEntries(layer.entries)).toEqual({
    "": { type: "directory" },
    bin: { type: "directory" },
    "bin/main.wasm": { type: "file", sizeBytes: big.length },
    "bin/sh": { type: "link", target: "main.wasm" },
    etc: { type: "directory" },
    "etc/motd": { type: "file", sizeBytes: 5 },
    "etc/empty": { type: "file", sizeBytes: 0 },
    var: { type: "directory" },
  });
  expect(decodeText(await layer.read("etc/motd", 0, 100))).toBe("hello");
  expect(decodeText(await layer.read("etc/motd", 1, 3))).toBe("ell");
  expect((await layer.read("etc/motd", 5, 10)).length).toBe(0);
  expect((await layer.read("etc/empty", 0, 10)).length).toBe(0);
});

test("openLayer() reads ranges of large files, across borders of blocks", async () => {
  const layer = await layerOf([file("big", big)]);
  for (const [offset, length] of [
    [0, big.length],
    [0, 1],
    [262_143, 2],
    [262_144, 262_144],
    [100_000, 700_000],
    [999_999, 10],
    [1_000_000, 10],
  ] as const) {
    const bytes = await layer.read("big", offset, length);
    expect(equalBytes(bytes, big.subarray(offset, offset + length))).toBe(true);
  }
});

test("openLayer() asks for contents only when they are read, and once for neighbouring reads", async () => {
  const layer = await layerOf([file("a/small", "x"), file("b/large", big)]);
  expect(layer.asked.length).toBe(4); // the root, a, b, and the root node of large
  layer.asked.length = 0;
  for (let at = 0; at < 50_000; at += 1000) await layer.read("b/large", at, 1000);
  expect(layer.asked.length).toBe(1);
});

test("openLayer() hands out bytes that the caller may change", async () => {
  const layer = await layerOf([file("small", "abc"), file("large", big)]);
  for (const path of ["small", "large"]) {
    const before = await layer.read(path, 0, 3);
    const copy = [...before];
    before.fill(0);
    expect([...(await layer.read(path, 0, 3))]).toEqual(copy);
  }
});

test("openLayer() lists a sharded directory", { timeout: 30_000 }, async () => {
  const names = Array.from({ length: 6000 }, (_, at) => `a-rather-long-file-name-${at}`);
  const layer = await layerOf(names.map((name) => file(`many/${name}`, "x")));
  expect(layer.entries.size).toBe(names.length + 2);
  expect(decodeText(await layer.read(`many/${names[4321]}`, 0, 10))).toBe("x");
  expect(layer.asked.length).toBeGreaterThan(10);
});

test("openLayer() says so when the root is a file, or no UnixFS", async () => {
  const store = new MemoryBlockstore();
  await importTree([file("a", "hello"), file("b", big)], store);
  const blocks = createBlockSource(store);
  const rawFile = CID.createV1(0x55, await sha256.digest(encodeText("hello")));
  await expect(openLayer(rawFile, blocks)).rejects.toThrow("single file");
  const noise = encodeText("not protobuf");
  const cid = CID.createV1(0x70, await sha256.digest(noise));
  await store.put(cid, noise);
  await expect(openLayer(cid, blocks)).rejects.toThrow(/its root is not a UnixFS/);
});

test("openLayer() passes on what the source says about a missing block, and names unreadable paths", async () => {
  const store = new MemoryBlockstore();
  const root = await importTree([file("a/b", big), file("c", "1")], store);
  const layer = await openLayer(root, createBlockSource(store));
  for await (const { cid } of store.getAll()) await store.delete(cid);
  const failure: unknown = await layer.read("a/b", 0, 10).catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(Exception);
  expect(String(failure)).toMatch(/No block "bafkrei/);
  await expect(layer.read("nothing", 0, 1)).rejects.toThrow('Cannot read "nothing"');
  await expect(openLayer(root, createBlockSource(store))).rejects.toThrow(root.toString());
});

test("openLayer() refuses names that would lead out of the tree", async () => {
  const store = new MemoryBlockstore();
  const leaf = CID.createV1(0x55, await sha256.digest(encodeText("x")));
  for (const name of ["..", ".", "a/b", "", "a\0b"]) {
    const root = await putDirectory(store, [{ Name: name, Hash: leaf, Tsize: 1 }]);
    await expect(openLayer(root, createBlockSource(store))).rejects.toThrow("unusable name");
  }
});

test("openLayer() notices when a folder lies about the size of a file", async () => {
  const store = new MemoryBlockstore();
  const leaf = CID.createV1(0x55, await sha256.digest(encodeText("x")));
  await store.put(leaf, encodeText("x"));
  const root = await putDirectory(store, [{ Name: "a", Hash: leaf, Tsize: 5000 }]);
  const layer = await openLayer(root, createBlockSource(store));
  await expect(layer.read("a", 0, 10)).rejects.toThrow("its folder says 5000 bytes, it has 1");
});

test("openLayer() stops with the signal's reason", async () => {
  const store = new MemoryBlockstore();
  const root = await importTree([file("a", "1")], store);
  const reason = new Error("no longer wanted");
  const signal = AbortSignal.abort(reason);
  await expect(openLayer(root, createBlockSource(store), { signal })).rejects.toBe(reason);
});

/** A chain of blocks above `bottom`, each with `width` links to the one below. */
async function pile(
  store: MemoryBlockstore,
  bottom: CID,
  levels: number,
  width: number,
  toName: (at: number) => string,
  data: UnixFS = new UnixFS({ type: "directory" }),
): Promise<CID> {
  let top = bottom;
  for (let level = 0; level < levels; level++) {
    const links = Array.from({ length: width }, (_, at) => ({
      Name: toName(at),
      Hash: top,
      Tsize: 1,
    }));
    top = await putNode(store, data, links);
  }
  return top;
}

const shard = new UnixFS({ type: "hamt-sharded-directory", fanout: 256n, hashType: 0x22n });
const toPrefix = (at: number): string => at.toString(16).toUpperCase().padStart(2, "0");

test("openLayer() refuses shards that repeat, of which a small DAG has 256 to the power of 30", async () => {
  const store = new MemoryBlockstore();
  const root = await pile(store, await putNode(store, shard, []), 30, 256, toPrefix, shard);
  await expect(openLayer(root, createBlockSource(store))).rejects.toThrow(
    /^Cannot open image "bafy\w+": its root is not a UnixFS file or folder: its shard "bafy\w+" occurs twice$/,
  );
});

test("openLayer() refuses a directory of more shards than it has time for", async () => {
  const store = new MemoryBlockstore();
  let shards = await putNode(store, shard, []);
  // Distinct directories, then 600 equal ones.
  for (let at = 0; at < 400; at++) {
    shards = await putNode(store, shard, [{ Name: toPrefix(at % 256), Hash: shards, Tsize: at }]);
  }
  const root = await pile(store, shards, 1, 600, (at) => `d${at}`);
  await expect(openLayer(root, createBlockSource(store))).rejects.toThrow(
    "its folders have more than 200000 shards",
  );
}, 30_000);

test("openLayer() refuses what is nested too deep, and paths that are too long together", async () => {
  const store = new MemoryBlockstore();
  const empty = await putDirectory(store, []);
  const chain = await pile(store, empty, 1500, 1, () => "x".repeat(200));
  await expect(openLayer(chain, createBlockSource(store))).rejects.toThrow(
    "it has a path of more than 4096 characters",
  );
  const wide = await pile(store, empty, 2, 200, (at) => `${at}${"x".repeat(1990)}`);
  await expect(openLayer(wide, createBlockSource(store))).rejects.toThrow(
    "its paths have more than 67108864 characters",
  );
});

test("openLayer() lets a timer stop it, though all blocks are there at once", async () => {
  const store = new MemoryBlockstore();
  const root = await pile(store, await putDirectory(store, []), 17, 2, (at) => `d${at}`);
  const stop = new AbortController();
  const reason = new Error("no longer wanted");
  setTimeout(() => stop.abort(reason), 0);
  await expect(openLayer(root, createBlockSource(store), { signal: stop.signal })).rejects.toBe(
    reason,
  );
});

test("openLayer() reads a file by the parts that have its bytes, and no others", async () => {
  const store = new MemoryBlockstore();
  const leaf = CID.createV1(0x55, await sha256.digest(encodeText("x")));
  await store.put(leaf, encodeText("x"));
  let part: CID = leaf;
  // 174^20 parts, all but one of them empty.
  for (let level = 0; level < 20; level++) {
    const data = new UnixFS({ type: "file", blockSizes: Array.from({ length: 174 }, () => 0n) });
    data.blockSizes[100] = 1n;
    const below = part;
    const links = Array.from({ length: 174 }, () => ({ Name: "", Hash: below, Tsize: 1 }));
    part = await putNode(store, data, links);
  }
  const root = await putDirectory(store, [{ Name: "f", Hash: part, Tsize: 1 }]);
  const layer = await openLayer(root, createBlockSource(store));
  expect(decodeText(await layer.read("f", 0, 10))).toBe("x");
});

test("openLayer() refuses links to long paths, and too many of shorter ones", async () => {
  const store = new MemoryBlockstore();
  const linksTo = async (lengthBytes: number, count: number): Promise<CID> => {
    const data = new UnixFS({ type: "symlink", data: new Uint8Array(lengthBytes).fill(0x2e) });
    return pile(store, await putNode(store, data, []), 1, count, (at) => `l${at}`);
  };
  await expect(openLayer(await linksTo(4097, 1), createBlockSource(store))).rejects.toThrow(
    "not a UnixFS file or folder: it links to a path of more than 4096 bytes",
  );
  const layer = await openLayer(await linksTo(4096, 1), createBlockSource(store));
  expect(layer.entries.get("l0")).toEqual({ type: "link", target: ".".repeat(4096) });
  await expect(openLayer(await linksTo(4096, 16_384), createBlockSource(store))).rejects.toThrow(
    "its paths have more than 67108864 characters",
  );
});

test("openLayer() refuses folders that are large together, though they are the same one", async () => {
  const store = new MemoryBlockstore();
  const large = new UnixFS({ type: "directory", data: new Uint8Array(1024 ** 2) });
  const root = await pile(store, await putNode(store, large, []), 1, 128, (at) => `d${at}`);
  await expect(openLayer(root, createBlockSource(store))).rejects.toThrow(
    "its folders have more than 134217728 bytes",
  );
});

test("openLayer() refuses folders of too many links before it lists them", async () => {
  const store = new MemoryBlockstore();
  const wide = await pile(store, await putDirectory(store, []), 1, 16_000, () => "same");
  const root = await pile(store, wide, 1, 30, (at) => `d${at}`);
  await expect(openLayer(root, createBlockSource(store))).rejects.toThrow(
    "its folders have more than 400000 links",
  );
});

test("openLayer() keeps no folder's block for the CIDs in it", async () => {
  const store = new MemoryBlockstore();
  const file = await putNode(store, new UnixFS({ type: "file" }), []);
  const old = file.toV0();
  for (const cid of [file, old]) {
    const root = await pile(store, cid, 1, 100, (at) => `f${at}`);
    const layer = await openLayer(root, createBlockSource(store));
    const kept = layer.linkOf("f42")?.cid;
    expect(kept?.toString()).toBe(cid.toString());
    expect(kept?.multihash.bytes.buffer.byteLength).toBeLessThan(100);
  }
});

test("openLayer() opens a flat folder of 50 000 names, and lets a timer stop it", async () => {
  const store = new MemoryBlockstore();
  const empty = await putDirectory(store, []);
  const root = await pile(store, empty, 1, 50_000, (at) => `d${at}`);
  const layer = await openLayer(root, createBlockSource(store));
  expect(layer.entries.size).toBe(50_001);
  expect(layer.entries.get("d49999")).toEqual({ type: "directory" });
  const stop = new AbortController();
  const reason = new Error("no longer wanted");
  setTimeout(() => stop.abort(reason), 0);
  const { signal } = stop;
  await expect(openLayer(root, createBlockSource(store), { signal })).rejects.toBe(reason);
});

test("openLayer() refuses a block of too many links, in a folder and in a file", async () => {
  const store = new MemoryBlockstore();
  const empty = await putDirectory(store, []);
  const wide = await pile(store, empty, 1, 200_001, (at) => `d${at}`);
  const file = new UnixFS({ type: "file", blockSizes: Array.from({ length: 16_400 }, () => 0n) });
  const tall = await pile(store, empty, 1, 16_400, () => "", file);
  for (const root of [
    wide,
    await putDirectory(store, [{ Name: "d", Hash: wide, Tsize: 1 }]),
    await putDirectory(store, [{ Name: "f", Hash: tall, Tsize: 1 }]),
  ]) {
    await expect(openLayer(root, createBlockSource(store))).rejects.toThrow(
      /^Cannot read block "bafy\w+": it has more than (200000 links|16384 sizes of parts)$/,
    );
  }
});

/** A file of one byte below `levels` nodes, whose other parts are empty. */
async function putChain(store: MemoryBlockstore, levels: number, parts: number): Promise<CID> {
  const leaf = CID.createV1(0x55, await sha256.digest(encodeText("x")));
  await store.put(leaf, encodeText("x"));
  const data = new UnixFS({ type: "file", blockSizes: Array.from({ length: parts }, () => 0n) });
  data.blockSizes[0] = 1n;
  const file = await pile(store, leaf, levels, parts, () => "", data);
  return putDirectory(store, [{ Name: "f", Hash: file, Tsize: 1 }]);
}

test("read() lets a timer stop it among nodes of many empty parts", async () => {
  const store = new MemoryBlockstore();
  const root = await putChain(store, 30, 1000);
  const layer = await openLayer(root, createBlockSource(store));
  const stop = new AbortController();
  const reason = new Error("no longer wanted");
  setTimeout(() => stop.abort(reason), 0);
  await expect(layer.read("f", 0, 1, { signal: stop.signal })).rejects.toBe(reason);
});

test("read() keeps the nodes of a file for the next read", async () => {
  const store = new MemoryBlockstore();
  // More blocks than the cache holds.
  const root = await putChain(store, 30, 174);
  const layer = await openLayer(root, createBlockSource(store));
  expect(decodeText(await layer.read("f", 0, 1))).toBe("x");
  for (const { cid } of await Array.fromAsync(store.getAll())) await store.delete(cid);
  expect(decodeText(await layer.read("f", 0, 1))).toBe("x");
});

test("openLayer() finds out the size of a block that its folder does not tell", async () => {
  const store = new MemoryBlockstore();
  const leaf = CID.createV1(0x55, await sha256.digest(encodeText("hello")));
  await store.put(leaf, encodeText("hello"));
  const inlined = CID.createV1(0x55, identity.digest(encodeText("inlined")));
  const root = await putDirectory(store, [
    { Name: "a", Hash: leaf, Tsize: 0 },
    { Name: "b", Hash: inlined, Tsize: 0 },
  ]);
  const layer = await openLayer(root, createBlockSource(store));
  expect(layer.entries.get("a")).toEqual({ type: "file", sizeBytes: 5 });
  expect(decodeText(await layer.read("a", 0, 10))).toBe("hello");
  expect(decodeText(await layer.read("b", 0, 10))).toBe("inlined");
});

test("openLayer() tells when something was modified, where the image does", async () => {
  const store = new MemoryBlockstore();
  const mtime = { secs: 1_700_000_000n, nsecs: 5 };
  const modifiedNs = 1_700_000_000_000_000_005n;
  const file = await putNode(store, new UnixFS({ type: "file", mtime }), []);
  const folder = await putNode(store, new UnixFS({ type: "directory", mtime }), []);
  const early = new UnixFS({ type: "file", mtime: { secs: -1n } });
  const root = await putDirectory(store, [
    { Name: "file", Hash: file, Tsize: 1 },
    { Name: "folder", Hash: folder, Tsize: 1 },
    { Name: "early", Hash: await putNode(store, early, []), Tsize: 1 },
  ]);
  const layer = await openLayer(root, createBlockSource(store));
  expect(layer.entries.get("file")).toEqual({ type: "file", sizeBytes: 0, modifiedNs });
  expect(layer.entries.get("folder")).toEqual({ type: "directory", modifiedNs });
  expect(layer.entries.get("early")).toStrictEqual({ type: "file", sizeBytes: 0 });
});

test("openLayer() notices when a node of a file lies about a part", async () => {
  const store = new MemoryBlockstore();
  const leaf = CID.createV1(0x55, await sha256.digest(encodeText("x")));
  await store.put(leaf, encodeText("x"));
  const data = new UnixFS({ type: "file", blockSizes: [700n] });
  const file = await putNode(store, data, [{ Name: "", Hash: leaf, Tsize: 1 }]);
  const root = await putDirectory(store, [{ Name: "f", Hash: file, Tsize: 1 }]);
  const layer = await openLayer(root, createBlockSource(store));
  await expect(layer.read("f", 0, 10)).rejects.toThrow(
    'Cannot read "f": the node above one of its parts says 700 bytes, it has 1',
  );
});

function putDirectory(
  store: MemoryBlockstore,
  links: { Name: string; Hash: CID; Tsize: number }[],
): Promise<CID> {
  return putNode(store, new UnixFS({ type: "directory" }), links);
}

async function putNode(
  store: MemoryBlockstore,
  data: UnixFS,
  links: { Name: string; Hash: CID; Tsize: number }[],
): Promise<CID> {
  const block = encode(prepare({ Data: data.marshal(), Links: links }));
  const cid = CID.createV1(0x70, await sha256.digest(block));
  await store.put(cid, block);
  return cid;
}
