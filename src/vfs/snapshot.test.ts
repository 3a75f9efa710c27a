import { decodeText, encodeText } from "#base";
import type { SnapshotEntry } from "#base";
import { describe, expect, test } from "vitest";
import { openFiles, settle, TREE_KINDS } from "./files.testing.ts";
import type { Opened } from "./files.testing.ts";
import { takeSnapshot } from "./snapshot.ts";

const DIRECTORY: SnapshotEntry = { type: "directory" };

function keptOf(volume: number, path: string): SnapshotEntry {
  return { type: "kept", volume, path };
}

function entriesOf({ files }: Opened): Record<string, SnapshotEntry> {
  return Object.fromEntries(takeSnapshot(files).entries);
}

test("takeSnapshot() keeps the image whole when nothing changed, whatever was looked at", async () => {
  // The mount replaces the image.
  const opened = openFiles({ path: "" });
  expect(entriesOf(opened)).toEqual({ "": keptOf(1, "") });
  opened.names("deep");
  opened.at("link");
  const big = opened.file("big");
  await big.content.read(0, 10);
  opened.files.find(opened.files.root, "none", true);
  opened.files.setTimes(big, { accessed: 1n });
  expect(entriesOf(opened)).toEqual({ "": keptOf(1, "") });
});

test("takeSnapshot() keeps what was taken away and brought back", () => {
  const opened = openFiles({ path: "" });
  const { files } = opened;
  files.rename(files.root, "deep", files.root, "other");
  files.rename(files.root, "other/one", files.root, "one");
  files.link(files.root, "one", files.root, "second");
  files.createDirectory(files.root, "new");
  expect(files.rename(files.root, "one", files.root, "other/one")).toBe(undefined);
  files.removeFile(files.root, "second");
  files.removeDirectory(files.root, "new");
  files.rename(files.root, "other", files.root, "deep");
  expect(entriesOf(opened)).toEqual({ "": keptOf(1, "") });
});

test("takeSnapshot() leaves out the cell's own tmp, and shows mounts where they are", () => {
  const opened = openFiles({ path: "srv/www" });
  opened.create("tmp/scratch");
  expect(entriesOf(opened)).toEqual({
    "": DIRECTORY,
    bin: keptOf(0, "bin"),
    srv: DIRECTORY,
    "srv/www": keptOf(1, ""),
  });
  const over = openFiles({ path: "bin" });
  expect(entriesOf(over)).toEqual({ "": DIRECTORY, bin: keptOf(1, "") });
  const inTmp = openFiles({ path: "tmp" });
  inTmp.create("tmp/new");
  expect(entriesOf(inTmp)).toMatchObject({
    bin: keptOf(0, "bin"),
    tmp: DIRECTORY,
    "tmp/big": keptOf(1, "big"),
    "tmp/new": { type: "file", sizeBytes: 0 },
  });
});

test("takeSnapshot() names what is in a directory that changed, and nothing else", () => {
  const opened = openFiles({ path: "", writable: true });
  const { files } = opened;
  opened.create("deep/three");
  files.createLink(files.root, "deep/four", "three");
  expect(entriesOf(opened)).toEqual({
    "": DIRECTORY,
    big: keptOf(1, "big"),
    deep: DIRECTORY,
    "deep/four": { type: "link", target: "three" },
    "deep/one": keptOf(1, "deep/one"),
    "deep/three": { type: "file", sizeBytes: 0 },
    "deep/two": keptOf(1, "deep/two"),
    dir: keptOf(1, "dir"),
    link: keptOf(1, "link"),
    lost: keptOf(1, "lost"),
    tiny: keptOf(1, "tiny"),
  });
});

test("takeSnapshot() follows what was removed, moved and linked", () => {
  const opened = openFiles({ path: "" });
  const { files } = opened;
  files.removeFile(files.root, "big");
  files.rename(files.root, "deep", files.root, "moved");
  files.link(files.root, "lost", files.root, "moved/again");
  files.rename(files.root, "link", files.root, "renamed");
  expect(entriesOf(opened)).toEqual({
    "": DIRECTORY,
    dir: keptOf(1, "dir"),
    lost: keptOf(1, "lost"),
    moved: DIRECTORY,
    "moved/again": keptOf(1, "lost"),
    "moved/one": keptOf(1, "deep/one"),
    "moved/two": keptOf(1, "deep/two"),
    renamed: keptOf(1, "link"),
    tiny: keptOf(1, "tiny"),
  });
  files.removeFile(files.root, "moved/again");
  expect(entriesOf(opened)).toMatchObject({ moved: keptOf(1, "deep") });
});

test("takeSnapshot() tells a name apart that was taken by something else", () => {
  const opened = openFiles({ path: "" });
  const { files } = opened;
  files.rename(files.root, "deep/one", files.root, "deep/two");
  expect(entriesOf(opened)).toMatchObject({ deep: DIRECTORY, "deep/two": keptOf(1, "deep/one") });
  expect(entriesOf(opened)).not.toHaveProperty(["deep/one"]);
  files.removeFile(files.root, "deep/two");
  files.removeDirectory(files.root, "deep");
  files.createDirectory(files.root, "deep");
  expect(entriesOf(opened)).toMatchObject({ deep: DIRECTORY });
});

describe.each(TREE_KINDS)("over a tree that answers %s", (kind) => {
  test("takeSnapshot() reads what was written, and from the tree only that file's rest", async () => {
    const opened = openFiles({ kind, path: "" });
    const { files, ranges } = opened;
    const big = opened.file("big");
    await big.content.prepare(2, 2);
    files.write(big, 2, encodeText("XY"));
    files.resize(opened.file("deep/one"), 5);
    const snapshot = takeSnapshot(files);
    expect(snapshot.entries.get("big")).toEqual({ type: "file", sizeBytes: 320_000 });
    expect(snapshot.entries.get("deep/one")).toEqual({ type: "file", sizeBytes: 5 });
    ranges.length = 0;
    expect(decodeText(await settle(kind, snapshot.read("big", 0, 5)))).toBe("01XY4");
    expect(decodeText(await settle(kind, snapshot.read("deep/one", 0, 10)))).toBe("012\0\0");
    expect(ranges).toEqual(["deep/one 0+3"]);
    expect(() => snapshot.read("lost", 0, 1)).toThrow("has no such file");
  });

  test("takeSnapshot() gives no contents that were changed since, also meanwhile", async () => {
    const opened = openFiles({ kind, path: "" });
    const { files } = opened;
    const [one, two, three] = ["one", "two", "three"].map((name) => opened.create(name));
    if (one === undefined || two === undefined || three === undefined) throw new Error("No files");
    files.write(one, 0, encodeText("old"));
    files.resize(opened.file("big"), 70_000);
    const snapshot = takeSnapshot(files);
    files.write(one, 0, encodeText("new"));
    files.resize(two, 3);
    files.removeFile(files.root, "three");
    for (const name of ["one", "two", "three"]) {
      expect(() => snapshot.read(name, 0, 3), name).toThrow("was changed since");
    }
    const reading = snapshot.read("big", 0, 3);
    expect(reading instanceof Promise).toBe(kind === "by promises");
    files.resize(opened.file("big"), 60_000);
    if (reading instanceof Promise) await expect(reading).rejects.toThrow("was changed since");
  });
});

test("takeSnapshot() refuses paths that nobody could open", () => {
  const opened = openFiles();
  const { files } = opened;
  let directory = files.root;
  for (let depth = 0; depth < 20; depth++) {
    const name = "d".repeat(250);
    files.createDirectory(directory, depth === 0 ? `data/${name}` : name);
    const next = files.find(directory, depth === 0 ? `data/${name}` : name, false);
    if (typeof next === "string" || next.type !== "directory") throw new Error("No directory");
    directory = next;
  }
  expect(() => takeSnapshot(files)).toThrow("is too long");
});
