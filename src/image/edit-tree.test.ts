import { expect, test } from "vitest";
import type { FileTree } from "#base";
import { editTree } from "./edit-tree.ts";
import type { TreeEdit } from "./edit-tree.ts";

const TREE: FileTree = {
  entries: new Map([
    ["", { type: "directory" }],
    ["a", { type: "directory" }],
    ["a/b", { type: "directory" }],
    ["a/b/file", { type: "file", sizeBytes: 3 }],
    ["a/other", { type: "file", sizeBytes: 4 }],
    ["top", { type: "file", sizeBytes: 5 }],
  ]),
  read: async () => new Uint8Array(0),
};
const kept = (path: string): object => ({ type: "kept", volume: 0, path });
const write = (text: string, makesParents = false): TreeEdit => ({
  type: "writeFile",
  data: new TextEncoder().encode(text),
  makesParents,
});

test("editTree() writes a file and keeps everything else", async () => {
  const snapshot = editTree(TREE, "/a/b/new", write("hello"));
  expect(Object.fromEntries(snapshot.entries)).toEqual({
    "": { type: "directory" },
    a: { type: "directory" },
    "a/b": { type: "directory" },
    "a/b/file": kept("a/b/file"),
    "a/b/new": { type: "file", sizeBytes: 5 },
    "a/other": kept("a/other"),
    top: kept("top"),
  });
  expect(await snapshot.read("a/b/new", 1, 3)).toEqual(new TextEncoder().encode("ell"));
});

test("editTree() removes a file, or a directory with its entries", () => {
  const { entries } = editTree(TREE, "a/b", { type: "remove", isRecursive: true });
  expect([...entries.keys()]).toEqual(["", "top", "a", "a/other"]);
});

test("editTree() makes directories, with their parents if told", () => {
  const { entries } = editTree(TREE, "x/y", { type: "makeDirectory", makesParents: true });
  expect(entries.get("x")).toEqual({ type: "directory" });
  expect(entries.get("x/y")).toEqual({ type: "directory" });
  const again = editTree(TREE, "a/b", { type: "makeDirectory", makesParents: true });
  expect(again.entries.get("a/b")).toEqual(kept("a/b"));
});

test.each([
  ["", write("x"), "a path consists of names"],
  ["a/../top", write("x"), "a path consists of names"],
  ["a//b", write("x"), "a path consists of names"],
  ["top/x", write("x", true), '"top" is not a directory'],
  ["x/y", write("x"), 'there is no "x"'],
  ["a/b", write("x"), "it is a directory"],
  ["a/b", { type: "makeDirectory", makesParents: false }, "it exists"],
  ["top", { type: "makeDirectory", makesParents: true }, "it exists"],
  ["none", { type: "remove", isRecursive: true }, "it does not exist"],
  ["a/b", { type: "remove", isRecursive: false }, "it is a directory with entries"],
] as const)("editTree() refuses %j %j", (path, edit, why) => {
  expect(() => editTree(TREE, path, edit)).toThrow(`Cannot edit "${path}": ${why}`);
});

test("editTree() refuses paths that no system has", () => {
  for (const path of ["b/".repeat(3000) + "c", "b/".repeat(1000) + "c", "x".repeat(256)]) {
    expect(() => editTree(TREE, path, write("x", true))).toThrow(/at most|more than/);
  }
});
