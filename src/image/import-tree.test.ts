import { encodeText } from "#base";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { createBlockSource } from "./block-source.ts";
import { importTree } from "./import-tree.ts";
import type { ImportedEntry } from "./import-tree.ts";
import { openLayer } from "./layer.ts";

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
  for (const entries of [
    [file("a", "1"), file("a/b", "2")],
    [file("a/b", "2"), file("a", "1")],
    [file("a", "1"), { type: "directory", path: "a/b" } as const],
  ]) {
    await expect(rootOf(entries)).rejects.toThrow("not a directory");
  }
});

// The folders and CIDs of the gateway tests of kubo, made there with `ipfs add -Qr --cid-version 1`.
test("importTree() gives the CIDs that kubo gives", async () => {
  const listing = [
    file("hello", "hello\n"),
    file("ipfs/ipns/bar", "text-file-content\n"),
    file("api/file.txt", "I am a txt file\n"),
    file("ipfs/file.txt", "I am a txt file\n"),
  ];
  expect(await rootOf(listing)).toBe("bafybeiht6dtwk3les7vqm6ibpvz6qpohidvlshsfyr7l5mpysdw2vmbbhe");
  const unicode = [
    file("ą/ę/file-źł.txt", "I am a txt file on path with utf8\n"),
    file("api/file.txt", "I am a txt file in confusing /api dir\n"),
    file("ipfs/file.txt", "I am a txt file in confusing /ipfs dir\n"),
    file("ipns/file.txt", "I am a txt file in confusing /ipns dir\n"),
  ];
  expect(await rootOf(unicode)).toBe("bafybeig6ka5mlwkl4subqhaiatalkcleo4jgnr3hqwvpmsqfca27cijp3i");
});

test("importTree() takes any name as it is", async () => {
  const names = ["a\\", "b\\c", "__proto__", "constructor", "ü", " ", "..."];
  const store = new MemoryBlockstore();
  const root = await importTree(
    names.map((name) => file(`${name}/${name}`, name)),
    store,
  );
  const { entries } = await openLayer(root, createBlockSource(store));
  const expected = ["", ...names.flatMap((name) => [name, `${name}/${name}`])];
  expect([...entries.keys()].sort()).toEqual(expected.sort());
});

test("importTree() takes what is stored by its link, and gives the root that it gives for the files", async () => {
  const big = new Uint8Array(700_000).map((_, at) => at % 251);
  const inside = [file("x/y", "1"), file("big", big), file("z", "2")];
  const links: ImportedEntry[] = [{ type: "link", path: "l", target: "z" }];
  const below = (at: string): ImportedEntry[] =>
    [...inside, ...links].map((entry) => ({ ...entry, path: `${at}/${entry.path}` }));
  const store = new MemoryBlockstore();
  const stored = await openLayer(
    await importTree([...inside, ...links], store),
    createBlockSource(store),
  );
  const linkTo = (path: string, from: string): ImportedEntry => {
    const link = stored.linkOf(from);
    if (link === undefined) throw new Error(`Nothing is stored at ${from}`);
    return { type: "stored", path, link };
  };
  const empty = new MemoryBlockstore();
  const root = await importTree(
    [
      linkTo("one", ""),
      linkTo("two/x", "x"),
      linkTo("two/big", "big"),
      linkTo("two/z", "z"),
      linkTo("two/l", "l"),
      file("new", "3"),
    ],
    empty,
  );
  const expected = await rootOf([...below("one"), ...below("two"), file("new", "3")]);
  expect(root.toString()).toBe(expected);
  // The root, the directory "two" and the new file.
  expect(await Array.fromAsync(empty.getAll())).toHaveLength(3);
});
