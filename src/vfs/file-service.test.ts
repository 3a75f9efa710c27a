import { decodeText, encodeText } from "#base";
import type { FileRefusal, FileTree, TreeEntry } from "#base";
import { expect, test } from "vitest";
import { createFileService } from "./file-service.ts";
import type { FileItem, FileService } from "./file-service.ts";
import { Files } from "./files.ts";
import type { Change } from "./journal.ts";

const ENTRIES: Record<string, TreeEntry> = {
  etc: { type: "directory" },
  "etc/motd": { type: "file", sizeBytes: 5 },
  "etc/deep": { type: "directory" },
  "etc/deep/one": { type: "file", sizeBytes: 5 },
  here: { type: "link", target: "etc/motd" },
  there: { type: "link", target: "etc" },
  round: { type: "link", target: "round" },
};
const tree: FileTree = {
  entries: new Map(Object.entries(ENTRIES)),
  read: (_path, offset, length) =>
    Promise.resolve(encodeText("hello").slice(offset, offset + length)),
};

function open(limits: { readonly bytes?: number } = {}): { files: Files; service: FileService } {
  const given = { tree, mounts: [], nowNs: () => 7n, limits };
  const files = new Files({ ...given, writable: true, hasTmp: false });
  return { files, service: createFileService(files) };
}

function must<T>(outcome: T | FileRefusal): T {
  if (typeof outcome === "string") throw new Error(outcome);
  return outcome;
}

async function write(service: FileService, path: string, text: string): Promise<FileItem> {
  using upload = must(service.write(path));
  expect(await upload.write(encodeText(text))).toBeUndefined();
  return must(upload.commit());
}

async function read(service: FileService, path: string): Promise<string> {
  using file = must(service.read(path));
  return decodeText(await file.read(0, 1000));
}

function paths(items: readonly FileItem[] | FileRefusal): readonly string[] {
  return must(items).map(({ path, type }) => `${type} ${path}`);
}

test("paths begin at the root, with or without a slash", async () => {
  const { service } = open();
  expect(must(service.stat("/etc/motd", true))).toMatchObject({ type: "file", sizeBytes: 5 });
  expect(must(service.stat("", true)).type).toBe("directory");
  expect(must(service.stat("/", true)).path).toBe("");
  expect(service.stat("/nowhere", true)).toBe("no-entry");
  expect(service.stat("/etc/../../etc", true)).toBe("not-permitted");
  expect(must(service.stat("/here", false))).toMatchObject({ type: "link", target: "etc/motd" });
  expect(must(service.stat("/here", true)).path).toBe("etc/motd");
  expect(service.stat("/round", true)).toBe("loop");
  expect(await read(service, "/here")).toBe("hello");
});

test("a list has parents first, follows no links in it, and its paths begin as asked", () => {
  const { service } = open();
  expect(paths(service.list("/", 1))).toEqual([
    "directory etc",
    "link here",
    "link round",
    "link there",
  ]);
  expect(paths(service.list("/etc", 9))).toEqual([
    "directory etc/deep",
    "file etc/deep/one",
    "file etc/motd",
  ]);
  expect(paths(service.list("/there", 1))).toEqual(["directory there/deep", "file there/motd"]);
  expect(service.list("/etc/motd", 1)).toBe("not-directory");
});

test("an upload is nowhere until it is committed, and leaves nothing when it is not", async () => {
  const { files, service } = open({ bytes: 1000 });
  const before = files.quota.bytes.left;
  {
    using upload = must(service.write("/new/place/file"));
    await upload.write(encodeText("half"));
    expect(service.stat("/new", true)).toBe("no-entry");
    expect(files.quota.bytes.left).toBeLessThan(before);
  }
  expect(service.stat("/new", true)).toBe("no-entry");
  expect(files.quota.bytes.left).toBe(before);
  expect(await write(service, "/new/place/file", "whole")).toMatchObject({
    path: "new/place/file",
  });
  expect(await read(service, "/new/place/file")).toBe("whole");
  // A reader of the old file goes on reading the old contents.
  using old = must(service.read("/etc/motd"));
  await write(service, "/etc/motd", "other");
  expect(decodeText(await old.read(0, 100))).toBe("hello");
  expect(await read(service, "/here")).toBe("other");
  expect(service.write("/etc")).toBe("is-directory");
});

test("an upload that finds no room is refused, and what was there stays", async () => {
  const { service } = open({ bytes: 10 });
  using upload = must(service.write("/etc/motd"));
  expect(await upload.write(encodeText("more than ten bytes"))).toBe("insufficient-space");
  expect(await read(service, "/etc/motd")).toBe("hello");
});

test("folders are made with their parents, moved, and removed with all that is in them", async () => {
  const { service } = open();
  expect(service.makeDirectory("/a/b/c")).toBeUndefined();
  expect(service.makeDirectory("/a/b/c")).toBe("exist");
  expect(service.makeDirectory("/etc/motd/x")).toBe("not-directory");
  expect(service.move("/etc/deep", "/far/away/deep")).toBeUndefined();
  expect(await read(service, "/far/away/deep/one")).toBe("hello");
  expect(service.move("/nowhere", "/made/for/nothing")).toBe("no-entry");
  expect(service.stat("/made", true)).toBe("no-entry");
  expect(service.move("/a", "/a/b/d")).toBe("invalid");
  expect(service.remove("/far")).toBeUndefined();
  expect(service.stat("/far", true)).toBe("no-entry");
  expect(service.remove("/far")).toBe("no-entry");
  expect(service.remove("/there")).toBeUndefined();
  expect(must(service.stat("/etc", true)).type).toBe("directory");
  expect(service.remove("/")).toBeUndefined();
  expect(paths(service.list("/", 9))).toEqual([]);
});

test("a watcher is told of what happens below its folder, wherever that is now", async () => {
  const { service } = open();
  const deep: Change[] = [];
  const flat: Change[] = [];
  const stop = must(service.watch("/etc", true, (change) => deep.push(change)));
  must(service.watch("/etc", false, (change) => flat.push(change)));
  await write(service, "/etc/new", "text");
  await write(service, "/etc/deep/two", "text");
  await write(service, "/etc/new", "again");
  service.move("/etc/new", "/etc/newer");
  service.move("/etc/newer", "/outside");
  service.move("/outside", "/etc/inside");
  service.remove("/etc/deep");
  expect(flat).toEqual([
    { type: "created", path: "etc/new" },
    { type: "written", path: "etc/new" },
    { type: "written", path: "etc/new" },
    { type: "renamed", path: "etc/new", to: "etc/newer" },
    { type: "removed", path: "etc/newer" },
    { type: "created", path: "etc/inside" },
    { type: "removed", path: "etc/deep" },
  ]);
  expect(deep.map(({ type, path }) => `${type} ${path}`)).toEqual([
    "created etc/new",
    "written etc/new",
    "created etc/deep/two",
    "written etc/deep/two",
    "written etc/new",
    "renamed etc/new",
    "removed etc/newer",
    "created etc/inside",
    "removed etc/deep/one",
    "removed etc/deep/two",
    "removed etc/deep",
  ]);
  stop();
  deep.length = 0;
  service.move("/etc", "/moved");
  flat.length = 0;
  await write(service, "/moved/motd", "x");
  expect(flat).toEqual([{ type: "written", path: "moved/motd" }]);
  expect(deep).toEqual([]);
  expect(service.watch("/moved/motd", true, () => {})).toBe("not-directory");
});

test("what is noted on a file stays with it, and costs", async () => {
  const { service } = open();
  expect(service.setMetadata("/etc/motd", new Map([["by", "me"]]))).toBeUndefined();
  service.move("/etc/motd", "/motd");
  expect(must(service.stat("/motd", true)).metadata).toEqual(new Map([["by", "me"]]));
  expect(service.setMetadata("/motd", new Map([["x", "y".repeat(1e8)]]))).toBe(
    "insufficient-space",
  );
  expect(service.setMetadata("/motd", new Map())).toBeUndefined();
  expect(must(service.stat("/motd", true)).metadata.size).toBe(0);
  expect(service.setMetadata("/etc", new Map())).toBe("is-directory");
});

test("a tree that goes deeper than anybody can name is removed, and only its removal is told", () => {
  const { files, service } = open();
  let at = files.root;
  const changes: Change[] = [];
  for (let depth = 0; depth < 12_000; depth++) {
    expect(files.createDirectory(at, "down")).toBeUndefined();
    const next = must(files.find(at, "down", false));
    if (next.type !== "directory") throw new Error(next.type);
    at = next;
  }
  must(service.watch("", true, (change) => changes.push(change)));
  expect(files.createDirectory(at, "unheard")).toBeUndefined();
  expect(files.rename(at, "unheard", files.root, "heard")).toBeUndefined();
  expect(files.rename(files.root, "heard", at, "unheard")).toBeUndefined();
  expect(changes).toEqual([
    { type: "created", path: "heard" },
    { type: "removed", path: "heard" },
  ]);
  expect(service.remove("down")).toBeUndefined();
  expect(service.stat("down", false)).toBe("no-entry");
  expect(changes.at(-1)).toEqual({ type: "removed", path: "down" });
  for (const { path } of changes) expect(path.length).toBeLessThan(17 * 1024);
});

test("a list has as many letters as a message can take", () => {
  const { service } = open();
  const folder = Array.from({ length: 16 }, () => "d".repeat(250)).join("/");
  for (let number = 0; number < 1000; number++) {
    expect(service.makeDirectory(`${folder}/${number}`)).toBeUndefined();
  }
  expect(must(service.list(folder, 1)).length).toBe(1000);
  for (let number = 1000; number < 2100; number++) service.makeDirectory(`${folder}/${number}`);
  expect(service.list(folder, 1)).toBe("insufficient-memory");
});
