import { encodeText } from "#base";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { importTree } from "./import-tree.ts";
import type { ImportedEntry } from "./import-tree.ts";

const file = (path: string, content: Uint8Array | string): ImportedEntry => ({
  type: "file",
  path,
  content: typeof content === "string" ? encodeText(content) : content,
});

async function rootOf(entries: ImportedEntry[]): Promise<string> {
  return (await importTree(entries, new MemoryBlockstore())).toString();
}

test("importTree() gives the CID that everyone knows for the empty folder", async () => {
  expect(await rootOf([])).toBe("bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
});

test("importTree() stores a small file as one raw block", async () => {
  const store = new MemoryBlockstore();
  await importTree([file("hello.txt", "hello world\n")], store);
  expect((await Array.fromAsync(store.getAll())).length).toBe(2);
  const hello = "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4";
  expect(await store.has(CID.parse(hello))).toBe(true);
});

test("importTree() does not depend on the order of entries, nor on whether parents are named", async () => {
  const entries = [file("a/b/c", "1"), file("a/b.txt", "2"), file("a-b", "3"), file("z", "4")];
  const root = await rootOf(entries);
  expect(await rootOf(entries.toReversed())).toBe(root);
  expect(await rootOf([{ type: "directory", path: "a" }, ...entries])).toBe(root);
  expect(await rootOf([...entries, { type: "directory", path: "a/b" }])).toBe(root);
});

test("importTree() keeps empty folders and links", async () => {
  const root = await rootOf([file("a", "1")]);
  const withFolder = await rootOf([file("a", "1"), { type: "directory", path: "empty" }]);
  const withLink = await rootOf([file("a", "1"), { type: "link", path: "empty", target: "a" }]);
  expect(new Set([root, withFolder, withLink]).size).toBe(3);
});

test("importTree() gives streamed content the same CID as bytes", async () => {
  const bytes = new Uint8Array(700_000).map((_, at) => at % 251);
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 7777) yield bytes.slice(at, at + 7777);
  };
  const streamed = await rootOf([{ type: "file", path: "big", content: stream() }]);
  expect(streamed).toBe(await rootOf([file("big", bytes)]));
});

test("importTree() refuses paths that cannot stand in a tree", async () => {
  for (const path of ["", "/a", "a//b", "../a", "a/./b", "a/"]) {
    await expect(rootOf([file(path, "")])).rejects.toThrow(TypeError);
  }
  await expect(rootOf([file("a", "1"), file("a", "2")])).rejects.toThrow("occurs twice");
});
