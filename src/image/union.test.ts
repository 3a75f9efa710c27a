import { decodeText, encodeText } from "#base";
import type { FileTree, TreeEntry } from "#base";
import { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { ENTRYPOINT, requireEntrypoint } from "./entrypoint.ts";
import type { LinkedTree } from "./layer.ts";
import { uniteLayers } from "./union.ts";

/** A layer from paths to contents; a path that ends in `/` is an empty directory. Children come before parents. */
function layerOf(files: Record<string, string>): LinkedTree {
  const entries = new Map<string, TreeEntry>();
  for (const [path, content] of Object.entries(files)) {
    if (!path.endsWith("/")) entries.set(path, { type: "file", sizeBytes: content.length });
    const names = path.split("/").slice(0, -1);
    for (; names.length > 0; names.pop()) entries.set(names.join("/"), { type: "directory" });
  }
  entries.set("", { type: "directory" });
  const cid = CID.parse("bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4");
  const totalBytes = Object.keys(files).length;
  return {
    entries,
    // Layers in a test differ in their number of files.
    linkOf: (path) => (entries.has(path) ? { cid, totalBytes } : undefined),
    read: async (path, offset, length) =>
      encodeText(files[path] ?? "?").slice(offset, offset + length),
  };
}

async function contentsOf(tree: FileTree): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [path, entry] of [...tree.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (path === "") continue;
    const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    expect(tree.entries.get(parent)).toEqual({ type: "directory" });
    found[path] = entry.type === "file" ? decodeText(await tree.read(path, 0, 100)) : entry.type;
  }
  return found;
}

test("uniteLayers() of nothing is an empty tree", async () => {
  expect(await contentsOf(uniteLayers([]))).toEqual({});
  await expect(uniteLayers([]).read("a", 0, 1)).rejects.toThrow('Cannot read "a"');
});

test("uniteLayers() merges directories, and the later file wins", async () => {
  const tree = uniteLayers([
    layerOf({ "bin/a": "base a", "bin/b": "base b", "etc/x": "1" }),
    layerOf({ "bin/b": "top b", "bin/c": "top c", "var/": "" }),
  ]);
  expect(await contentsOf(tree)).toEqual({
    bin: "directory",
    "bin/a": "base a",
    "bin/b": "top b",
    "bin/c": "top c",
    etc: "directory",
    "etc/x": "1",
    var: "directory",
  });
});

test("uniteLayers() lets a file replace a directory with all that is below it", async () => {
  const tree = uniteLayers([
    layerOf({ "a/b/c": "1", "a/d": "2", "a.txt": "3", ab: "4" }),
    layerOf({ a: "file" }),
  ]);
  expect(await contentsOf(tree)).toEqual({ a: "file", "a.txt": "3", ab: "4" });
  await expect(tree.read("a/d", 0, 1)).rejects.toThrow("no such file");
});

test("uniteLayers() lets a directory replace a file, and nothing hidden comes back", async () => {
  const tree = uniteLayers([
    layerOf({ "a/old": "1" }),
    layerOf({ a: "file" }),
    layerOf({ "a/new": "2" }),
  ]);
  expect(await contentsOf(tree)).toEqual({ a: "directory", "a/new": "2" });
});

test("requireEntrypoint() looks at the union, not at a layer", () => {
  const base = layerOf({ "etc/x": "1" });
  const top = layerOf({ [ENTRYPOINT]: "component" });
  expect(() => requireEntrypoint(base)).toThrow(/needs a component at bin\/main\.wasm/);
  expect(() => requireEntrypoint(uniteLayers([base, top]))).not.toThrow();
  expect(() => requireEntrypoint(layerOf({ [`${ENTRYPOINT}/x`]: "1" }))).toThrow("directory");
});

test("requireEntrypoint() finds the program that is named, by links as well", () => {
  const files = ["bin/main.wasm", "bin/tool.wasm", "usr/lib/all.wasm"];
  const links = {
    "bin/ls.wasm": "main.wasm",
    "bin/cat.wasm": "../usr/lib/all.wasm",
    "bin/tac.wasm": "/sbin/cat.wasm",
    sbin: "bin",
    "bin/round.wasm": "round.wasm",
    "bin/out.wasm": "../../bin/main.wasm",
  };
  const entries = new Map<string, TreeEntry>([
    ...["", "bin", "usr", "usr/lib"].map((path) => [path, { type: "directory" }] as const),
    ...files.map((path) => [path, { type: "file", sizeBytes: 1 }] as const),
    ...Object.entries(links).map(([path, target]) => [path, { type: "link", target }] as const),
  ]);
  const find = (program?: string): string => requireEntrypoint({ entries }, program);
  expect(
    [undefined, "bin/tool.wasm", "bin/ls.wasm", "bin/cat.wasm", "bin/tac.wasm"].map(find),
  ).toEqual([
    "bin/main.wasm",
    "bin/tool.wasm",
    "bin/main.wasm",
    "usr/lib/all.wasm",
    "usr/lib/all.wasm",
  ]);
  for (const program of ["bin/none.wasm", "bin/round.wasm", "bin/out.wasm"]) {
    expect(() => find(program)).toThrow(`Cannot boot "${program}" of the image: there is none`);
  }
  expect(() => find("usr/lib")).toThrow("there is a directory");
});

function ownerIn(layers: LinkedTree[], path: string): number | undefined {
  return uniteLayers(layers).linkOf(path)?.totalBytes;
}

test("uniteLayers() knows the blocks of what comes whole from one layer", () => {
  const one = layerOf({ "a/b/c": "1" });
  const two = layerOf({ "a/d/e": "1", "f/g": "2" });
  const three = layerOf({ a: "1", h: "2", i: "3" });
  expect(ownerIn([], "")).toBe(undefined);
  expect(ownerIn([one], "")).toBe(1);
  expect(ownerIn([one, two], "")).toBe(undefined);
  expect(ownerIn([one, two], "a")).toBe(undefined);
  expect(ownerIn([one, two], "a/b")).toBe(1);
  expect(ownerIn([one, two], "a/b/c")).toBe(1);
  expect(ownerIn([one, two], "a/d")).toBe(2);
  expect(ownerIn([one, two], "f")).toBe(2);
  expect(ownerIn([one, two, three], "a")).toBe(3);
  expect(ownerIn([one, two, three], "a/b")).toBe(undefined);
  // A hidden directory does not merge with a later one.
  expect(ownerIn([one, two, three, one], "a")).toBe(1);
  expect(ownerIn([one], "none")).toBe(undefined);
});

test("uniteLayers() puts 50 000 files in the place of as many directories in one go", () => {
  const names = Array.from({ length: 50_000 }, (_, at) => `d${at}`);
  const directories = layerOf(Object.fromEntries(names.map((name) => [`${name}/f`, ""])));
  const files = layerOf(Object.fromEntries(names.map((name) => [name, "x"])));
  const tree = uniteLayers([directories, files]);
  expect(tree.entries.size).toBe(50_001);
  expect(tree.entries.get("d7")).toEqual({ type: "file", sizeBytes: 1 });
});
