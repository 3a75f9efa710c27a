import { decodeText, encodeText } from "#base";
import type { TreeEntry } from "#base";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Files } from "./files.ts";
import { NEW, openFiles } from "./files.testing.ts";
import { walk } from "./walk.ts";
import type { FileNode } from "./node.ts";

async function read(file: FileNode): Promise<string> {
  return decodeText(await file.content.read(0, file.content.sizeBytes));
}

test("Files shows the image, an empty tmp and the mounts", () => {
  const opened = openFiles({ path: "srv/www" });
  expect(opened.names(".")).toEqual(["bin", "srv", "tmp"]);
  expect(opened.names("tmp")).toEqual([]);
  expect(opened.names("srv")).toEqual(["www"]);
  expect(opened.names("srv/www")).toEqual(["big", "deep", "dir", "link", "lost", "tiny"]);
  const { files } = opened;
  expect(files.createDirectory(files.root, "srv/new")).toBe("read-only");
  expect(files.createDirectory(files.root, "srv/www/new")).toBe(undefined);
  expect(files.createDirectory(files.root, "new")).toBe("read-only");
});

test("Files with a mount at the root shows it in the image's place", () => {
  const opened = openFiles({ path: "" });
  expect(opened.names(".")).toEqual(["big", "deep", "dir", "link", "lost", "tiny"]);
  expect(opened.files.createDirectory(opened.files.root, "new")).toBe(undefined);
  expect(opened.names(".")).toContain("new");
});

test("Files tells when something in the image was modified, where the image does", () => {
  const opened = openFiles();
  expect(opened.at("bin/main").times.modified).toBe(1_700_000_000_000_000_005n);
  expect(opened.at("bin").times.modified).toBe(undefined);
});

test("Files that are writable take changes to the image itself, and have a tmp of their own", async () => {
  const opened = openFiles({ writable: true, path: "srv/www" });
  const { files } = opened;
  const main = opened.file("bin/main");
  await main.content.prepare(2, 2);
  expect(files.write(main, 2, encodeText("XY"))).toBe(2);
  expect(await read(main)).toBe("01XY");
  expect(files.rename(files.root, "bin", files.root, "sbin")).toBe(undefined);
  expect(files.createDirectory(files.root, "etc")).toBe(undefined);
  opened.create("etc/motd");
  expect(opened.names(".")).toEqual(["etc", "sbin", "srv", "tmp"]);
  expect(opened.names("tmp")).toEqual([]);
  opened.create("tmp/new");
  // Mount points, and directories that hold them, stay.
  expect(files.removeDirectory(files.root, "tmp")).toBe("busy");
  expect(files.removeDirectory(files.root, "srv")).toBe("busy");
  expect(files.rename(files.root, "srv", files.root, "usr")).toBe("busy");
  opened.create("srv/new");
  expect(opened.names("srv")).toEqual(["new", "www"]);
  expect(files.rename(files.root, "tmp/new", files.root, "srv/other")).toBe("cross-device");
  expect(openFiles({ writable: true }).names("bin")).toEqual(["main"]);
});

test("Files hides what was removed from the tree below, and what is made in its place is new", async () => {
  const opened = openFiles();
  const { files } = opened;
  const { ino } = opened.at("data/deep/one");
  expect(files.removeFile(files.root, "data/deep/one")).toBe(undefined);
  expect(opened.names("data/deep")).toEqual(["two"]);
  expect(files.find(files.root, "data/deep/one", false)).toBe("no-entry");
  expect(files.removeDirectory(files.root, "data/deep")).toBe("not-empty");
  expect(files.removeFile(files.root, "data/deep/two")).toBe(undefined);
  expect(files.removeDirectory(files.root, "data/deep")).toBe(undefined);
  expect(opened.names("data")).toEqual(["big", "dir", "link", "lost", "tiny"]);
  expect(files.createDirectory(files.root, "data/deep")).toBe(undefined);
  expect(opened.names("data/deep")).toEqual([]);
  expect(opened.create("data/deep/one").ino).not.toBe(ino);
  expect(await read(opened.file("data/deep/one"))).toBe("");
});

test("Files.rename() moves files and directories with what the tree has below", async () => {
  const opened = openFiles();
  const { files } = opened;
  const { ino } = opened.at("data/deep/one");
  expect(files.rename(files.root, "data/deep/", files.root, "data/moved/")).toBe(undefined);
  expect(opened.names("data")).toEqual(["big", "dir", "link", "lost", "moved", "tiny"]);
  expect(opened.at("data/moved/one").ino).toBe(ino);
  expect(await read(opened.file("data/moved/two"))).toBe("012");
  expect(files.rename(files.root, "data/moved/one", files.root, "data/moved/two")).toBe(undefined);
  expect(opened.names("data/moved")).toEqual(["two"]);
  expect(opened.at("data/moved/two").ino).toBe(ino);
});

test("Files.rename() is refused as POSIX has it", () => {
  const opened = openFiles();
  const { files } = opened;
  files.createDirectory(files.root, "data/empty");
  const rename = (from: string, to: string): unknown =>
    files.rename(files.root, from, files.root, to);
  expect(rename("data/none", "data/x")).toBe("no-entry");
  expect(rename("data/big", "data/empty")).toBe("is-directory");
  expect(rename("data/big", "data/x/")).toBe("not-directory");
  expect(rename("data/empty", "data/big")).toBe("not-directory");
  expect(rename("data/empty", "data/deep")).toBe("not-empty");
  expect(rename("data/deep", "data/deep/in")).toBe("invalid");
  expect(rename("data/deep", "data/deep")).toBe(undefined);
  expect(rename("data/big", "tmp/big")).toBe("cross-device");
  expect(rename("data/.", "data/x")).toBe("busy");
  expect(rename("tmp", "data/x")).toBe("read-only");
  expect(rename("bin/main", "data/x")).toBe("read-only");
  expect(rename("data/big", "data/none/x")).toBe("no-entry");
  expect(rename("data/big", "data/big/x")).toBe("not-directory");
  expect(rename("data/empty", "data/dir/../empty2")).toBe(undefined);
});

test("Files.link() gives a file a second name, and it stays until both are gone", async () => {
  const opened = openFiles();
  const { files } = opened;
  const link = (from: string, to: string): unknown => files.link(files.root, from, files.root, to);
  expect(link("data/deep/one", "data/same")).toBe(undefined);
  expect(opened.at("data/same")).toBe(opened.at("data/deep/one"));
  expect(opened.at("data/same").links).toBe(2);
  expect(link("data/same", "data/same")).toBe("exist");
  expect(link("data/deep", "data/x")).toBe("not-permitted");
  expect(link("data/same", "data/x/")).toBe("no-entry");
  expect(link("data/same", "tmp/x")).toBe("cross-device");
  expect(link("bin/main", "data/x")).toBe("cross-device");
  // The link itself, not its target.
  expect(link("data/link", "data/link2")).toBe(undefined);
  expect(opened.at("data/link2").type).toBe("link");
  files.removeFile(files.root, "data/deep/one");
  expect(await read(opened.file("data/same"))).toBe("012");
  // Both are names of one file, so nothing happens.
  link("data/same", "data/again");
  expect(files.rename(files.root, "data/same", files.root, "data/again")).toBe(undefined);
  expect(opened.names("data")).toEqual([
    "again",
    "big",
    "deep",
    "dir",
    "link",
    "link2",
    "lost",
    "same",
    "tiny",
  ]);
});

test("Files follows links to the end of a path when asked, and before a slash", () => {
  const opened = openFiles();
  const { files } = opened;
  const find = (path: string, follow: boolean): unknown => {
    const node = files.find(files.root, path, follow);
    return typeof node === "string" ? node : node.type;
  };
  expect(find("data/link", true)).toBe("file");
  expect(find("data/link", false)).toBe("link");
  expect(find("data/dir/", false)).toBe("directory");
  expect(find("data/dir/one", false)).toBe("file");
  expect(find("data/link/", true)).toBe("not-directory");
  expect(files.removeFile(files.root, "data/dir/")).toBe("not-directory");
  expect(files.removeDirectory(files.root, "data/dir/")).toBe("not-directory");
  expect(files.createLink(files.root, "data/out", "../../..")).toBe(undefined);
  expect(find("data/out", true)).toBe("not-permitted");
  expect(files.removeDirectory(files.root, "data/out")).toBe("not-directory");
  expect(files.removeDirectory(files.root, "data/out/")).toBe("not-permitted");
  expect(files.createLink(files.root, "data/hang", "nothing")).toBe(undefined);
  expect(find("data/hang", true)).toBe("no-entry");
  // Creating through a broken link creates its target.
  opened.create("data/hang");
  expect(find("data/nothing", false)).toBe("file");
  expect(files.open(files.root, "data/hang", { ...NEW, exclusive: true })).toBe("exist");
});

test("Files refuses new names as the specification has it", () => {
  const opened = openFiles();
  const { files } = opened;
  const open = (path: string, mode: object = {}): unknown =>
    files.open(files.root, path, { ...NEW, ...mode });
  expect(open("data/new/")).toBe("is-directory");
  expect(open("data/new", { directory: true })).toBe("invalid");
  expect(open("data/deep")).toBe("is-directory");
  expect(open("data/deep", { create: false, write: false })).toBe(opened.at("data/deep"));
  expect(open("data/none", { create: false })).toBe("no-entry");
  expect(open("bin/new")).toBe("read-only");
  expect(open(`tmp/${"x".repeat(256)}`)).toBe("name-too-long");
  expect(open(`tmp/${"ü".repeat(128)}`)).toBe("name-too-long");
  expect(typeof open(`tmp/${"ü".repeat(127)}`)).toBe("object");
  expect(open("tmp/a\0b")).toBe("invalid");
  expect(files.createDirectory(files.root, "data/deep")).toBe("exist");
  expect(files.createDirectory(files.root, "data/.")).toBe("exist");
  expect(files.createDirectory(files.root, "data/new/")).toBe(undefined);
  expect(files.createLink(files.root, "data/x/", "y")).toBe("no-entry");
  expect(files.createLink(files.root, "data/x", "/y")).toBe("not-permitted");
  expect(files.createLink(files.root, "data/x", "")).toBe("no-entry");
  expect(files.removeFile(files.root, "data/deep")).toBe("is-directory");
  expect(files.removeDirectory(files.root, "data/big")).toBe("not-directory");
  expect(files.removeDirectory(files.root, "data/deep/.")).toBe("invalid");
  expect(files.removeDirectory(files.root, "data")).toBe("busy");
});

test("Files makes nothing in a directory that was removed", () => {
  const opened = openFiles();
  const { files } = opened;
  files.createDirectory(files.root, "tmp/gone");
  const gone = opened.at("tmp/gone");
  files.removeDirectory(files.root, "tmp/gone");
  if (gone.type !== "directory") throw new Error(gone.type);
  expect(files.createDirectory(gone, "x")).toBe("no-entry");
  expect(files.open(gone, "x", NEW)).toBe("no-entry");
});

test("Files keeps to its quota, and gives back what is freed", () => {
  const opened = openFiles({ limits: { bytes: 70_000, nodes: 2 } });
  const { files } = opened;
  const file = opened.create("tmp/file");
  expect(files.write(file, 0, new Uint8Array(80_000))).toBe(65_536);
  expect(file.content.sizeBytes).toBe(65_536);
  expect(files.write(file, 65_536, new Uint8Array(10_000))).toBe("insufficient-space");
  // Holes are free.
  expect(files.resize(file, 1_000_000)).toBe(undefined);
  files.createDirectory(files.root, "tmp/one");
  expect(files.createDirectory(files.root, "tmp/two")).toBe("insufficient-space");
  files.removeFile(files.root, "tmp/file");
  const other = opened.create("tmp/other");
  expect(files.write(other, 0, new Uint8Array(60_000))).toBe(60_000);
});

test("Files.journal tells the changes in order, and when some are forgotten", () => {
  const opened = openFiles();
  const { files } = opened;
  const { journal } = files;
  const file = opened.create("tmp/one");
  files.write(file, 0, encodeText("a"));
  const seen = journal.count;
  files.write(file, 1, encodeText("b"));
  files.createDirectory(files.root, "tmp/dir");
  files.rename(files.root, "tmp/one", files.root, "tmp/dir/two");
  files.removeFile(files.root, "data/link");
  expect(journal.since(0)).toEqual([
    { type: "created", path: "tmp/one" },
    { type: "written", path: "tmp/one" },
    { type: "created", path: "tmp/dir" },
    { type: "renamed", path: "tmp/one", to: "tmp/dir/two" },
    { type: "removed", path: "data/link" },
  ]);
  expect(journal.since(seen)?.[0]).toEqual({ type: "written", path: "tmp/one" });
  expect(journal.since(journal.count)).toEqual([]);
  for (let at = 0; at < 10_000; at++) files.setTimes(file, { accessed: BigInt(at) });
  expect(journal.since(seen)).toBe(undefined);
  expect(journal.since(journal.count - 100)).toHaveLength(100);
});

test("Files opens whatever it lists, also names and paths that are longer than can be made", () => {
  const name = "n".repeat(300);
  const long = "ü".repeat(3000);
  const entries = new Map<string, TreeEntry>([
    [name, { type: "directory" }],
    [`${name}/${long}`, { type: "file", sizeBytes: 5 }],
  ]);
  const tree = { entries, read: () => new Uint8Array(0) };
  const files = new Files({ tree, writable: true, mounts: [], nowNs: () => 0n });
  expect(files.names(files.root)).toEqual([name, "tmp"]);
  expect(files.find(files.root, `${name}/${long}`, true)).toMatchObject({ type: "file" });
  expect(files.open(files.root, `tmp/${name}`, NEW)).toBe("name-too-long");
  expect(files.open(files.root, `${name}/${long}m`, NEW)).toBe("name-too-long");
  expect(files.find(files.root, "./".repeat(2050), true)).toBe("name-too-long");
  expect(files.rename(files.root, name, files.root, `${name}2`)).toBe("name-too-long");
  expect(files.rename(files.root, name, files.root, "short")).toBe(undefined);
  expect(files.removeFile(files.root, `short/${long}`)).toBe(undefined);
});

test("find() gives what has the name now, whatever had it when it was last asked", () => {
  const opened = openFiles();
  const { files } = opened;
  const { root } = files;
  const find = (): unknown => files.find(root, "tmp/a", true);
  expect(find()).toBe("no-entry");
  const a = opened.create("tmp/a");
  expect(find()).toBe(a);
  expect(files.removeFile(root, "tmp/a")).toBe(undefined);
  expect(find()).toBe("no-entry");
  const b = opened.create("tmp/b");
  expect(files.createLink(root, "tmp/a", "b")).toBe(undefined);
  expect(find()).toBe(b);
  expect(files.find(root, "tmp/a", false)).toMatchObject({ type: "link" });
  expect(files.rename(root, "tmp/b", root, "tmp/c")).toBe(undefined);
  expect(find()).toBe("no-entry");
  expect(files.link(root, "tmp/c", root, "tmp/b")).toBe(undefined);
  expect(find()).toBe(b);
});

test("find() gives what a walk finds, whatever was found and changed before", () => {
  const name = fc.constantFrom("deep", "dir", "one", "big", "..", "");
  const path = fc
    .array(name, { minLength: 1, maxLength: 3 })
    .map((names) => `data/${names.join("/")}`);
  const step = fc.record({
    verb: fc.constantFrom("find", "find", "find", "find", "rename", "remove", "make", "link"),
    path,
    other: path,
    follow: fc.boolean(),
  });
  const property = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
    const { files } = openFiles();
    const { root } = files;
    for (const { verb, path, other, follow } of steps) {
      if (verb === "rename") files.rename(root, path, root, other);
      if (verb === "remove") files.removeFile(root, path);
      if (verb === "make") files.createDirectory(root, path);
      if (verb === "link") files.createLink(root, path, "deep");
      const place = walk(root, root, path, follow ? "always" : "before-slash");
      const expected = typeof place === "string" ? place : (place.node ?? "no-entry");
      expect(files.find(root, path, follow), path).toBe(expected);
    }
  });
  fc.assert(property, { numRuns: 500 });
});
