import { encodeText } from "#base";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { NEW, openFiles } from "./files.testing.ts";
import type { Opened } from "./files.testing.ts";
import { createJournal } from "./journal.ts";
import type { Change } from "./journal.ts";
import type { DirectoryNode } from "./node.ts";

const VERBS = [
  "create",
  "mkdir",
  "rmdir",
  "unlink",
  "rename",
  "rename",
  "link",
  "symlink",
  "write",
  "resize",
  "times",
  "find",
] as const;

interface Step {
  readonly verb: string;
  readonly path: string;
  readonly other: string;
}

const path = fc
  .tuple(
    fc.constantFrom(
      "data/",
      "data/deep/",
      "data/dir/",
      "data/new/",
      "data/new/in/",
      "tmp/",
      "bin/",
    ),
    fc.constantFrom("one", "two", "new", "in", "big", "link", "deep"),
  )
  .map((parts) => parts.join(""));
const step: fc.Arbitrary<Step> = fc.record({ verb: fc.constantFrom(...VERBS), path, other: path });

function count(refusal: string | undefined): number {
  return refusal === undefined ? 1 : 0;
}

/** Makes the change, and returns how many changes the journal should count for it. */
function change({ files }: Opened, { verb, path, other }: Step): number {
  const { root } = files;
  if (verb === "create") {
    const made = files.open(root, path, { ...NEW, exclusive: true });
    return typeof made === "string" ? 0 : 1;
  }
  if (verb === "mkdir") return count(files.createDirectory(root, path));
  if (verb === "rmdir") return count(files.removeDirectory(root, path));
  if (verb === "unlink") return count(files.removeFile(root, path));
  if (verb === "link") return count(files.link(root, path, root, other));
  if (verb === "symlink") return count(files.createLink(root, path, "two"));
  const node = files.find(root, path, verb !== "rename");
  if (verb === "rename") {
    const same = node === files.find(root, other, false);
    const refusal = files.rename(root, path, root, other);
    return same ? 0 : count(refusal);
  }
  if (typeof node === "string" || verb === "find") return 0;
  if (verb === "times") return count(files.setTimes(node, { modified: 5n }));
  if (node.type !== "file") return 0;
  if (verb === "resize") return count(files.resize(node, 10));
  if (node.content.prepare(3, 3) !== undefined) return 0;
  return files.write(node, 3, encodeText("abc")) === 3 ? 1 : 0;
}

function listPaths({ files }: Opened): Set<string> {
  const paths = new Set<string>();
  const visit = (directory: DirectoryNode, above: string): void => {
    for (const name of files.names(directory)) {
      const node = files.find(directory, name, false);
      if (typeof node === "string") throw new Error(`${name}: ${node}`);
      paths.add(`${above}${name}`);
      if (node.type === "directory") visit(node, `${above}${name}/`);
    }
  };
  visit(files.root, "");
  return paths;
}

/** Applies a reported change to the paths that a watcher knows. */
function follow(paths: Set<string>, reported: Change): void {
  const { type, path } = reported;
  if (type === "created") {
    expect(paths).not.toContain(path);
    paths.add(path);
    return;
  }
  expect(paths).toContain(path);
  if (type === "removed") paths.delete(path);
  if (type !== "renamed") return;
  paths.delete(reported.to);
  for (const name of paths) {
    if (name !== path && !name.startsWith(`${path}/`)) continue;
    paths.delete(name);
    paths.add(`${reported.to}${name.slice(path.length)}`);
  }
}

test("Files.journal tells each change once, in order, and whoever follows it knows all names", () => {
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const opened = openFiles();
    const { journal } = opened.files;
    const paths = listPaths(opened);
    for (const one of steps) {
      const before = journal.count;
      const changes = change(opened, one);
      expect(journal.count - before, JSON.stringify(one)).toBe(changes);
      const reported = journal.since(before) ?? [];
      expect(reported).toHaveLength(changes);
      for (const entry of reported) follow(paths, entry);
      expect([...paths].sort()).toEqual([...listPaths(opened)].sort());
    }
  });
  fc.assert(property, { numRuns: 200 });
});

test("Files.journal tells a file by a name that it has", () => {
  const opened = openFiles();
  const { files } = opened;
  const file = opened.create("tmp/one");
  const reported = (): Change | undefined => files.journal.since(files.journal.count - 1)?.[0];
  files.link(files.root, "tmp/one", files.root, "tmp/two");
  expect(reported()).toEqual({ type: "created", path: "tmp/two" });
  files.write(file, 0, encodeText("a"));
  expect(reported()).toEqual({ type: "written", path: "tmp/two" });
  files.removeFile(files.root, "tmp/two");
  files.write(file, 0, encodeText("a"));
  expect(reported()).toEqual({ type: "written", path: "tmp/one" });
  files.hold(file);
  files.removeFile(files.root, "tmp/one");
  const { count } = files.journal;
  // The file has no name any more.
  files.write(file, 0, encodeText("b"));
  expect(files.journal.count).toBe(count);
});

test("createJournal() tells a stream of writes once, and again to whoever has read it", () => {
  const journal = createJournal(10);
  const written = { type: "written", path: "a" } as const;
  for (let at = 0; at < 100; at++) journal.record(written);
  expect(journal.since(0)).toEqual([written]);
  const seen = journal.count;
  expect(journal.since(seen)).toEqual([]);
  journal.record(written);
  expect(journal.since(seen)).toEqual([written]);
  journal.record({ type: "touched", path: "a" });
  journal.record(written);
  expect(journal.since(0)).toEqual([written, { type: "touched", path: "a" }, written]);
});

test("createJournal() says when it has forgotten, and never tells too few", () => {
  const journal = createJournal(10);
  for (let at = 1; at <= 100; at++) {
    journal.record({ type: "created", path: `${at}` });
    for (let seen = 0; seen <= at; seen++) {
      const reported = journal.since(seen);
      if (reported === undefined) expect(at - seen).toBeGreaterThan(10);
      else expect(reported.map(({ path }) => Number(path))).toEqual(range(seen + 1, at));
    }
  }
  expect(journal.since(0)).toBe(undefined);
});

test("createJournal() forgets earlier when paths are very long", () => {
  const journal = createJournal(1000);
  for (let at = 0; at < 100; at++) journal.record({ type: "created", path: "d".repeat(50_000) });
  expect(journal.since(100 - 50)).toBe(undefined);
  expect(journal.since(100 - 20)).toHaveLength(20);
  journal.record({ type: "renamed", path: "d".repeat(2_000_000), to: "e" });
  expect(journal.since(100)).toBe(undefined);
  expect(journal.since(101)).toEqual([]);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
