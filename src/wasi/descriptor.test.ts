import { decodeText, encodeText } from "#base";
import type { FileTree, TreeEntry } from "#base";
import { Files } from "#vfs";
import { expect, test } from "vitest";
import { Descriptor } from "./descriptor.ts";
import { createTestWaits } from "./powers.testing.ts";
import type { DescriptorFlags, OpenFlags } from "./file-types.ts";

const TEXT = "0123456789".repeat(20_000);

const ENTRIES: Record<string, TreeEntry> = {
  "": { type: "directory" },
  bin: { type: "directory" },
  "bin/main": { type: "file", sizeBytes: TEXT.length },
  "bin/lost": { type: "file", sizeBytes: 10 },
  "bin/.empty": { type: "file", sizeBytes: 0 },
  here: { type: "link", target: "bin/main" },
  up: { type: "link", target: "../etc/passwd" },
  root: { type: "link", target: "/bin" },
  round: { type: "link", target: "round" },
};

/** The image's root, and the ranges that were read from it. */
function openRoot(): { root: Descriptor; ranges: string[] } {
  const ranges: string[] = [];
  const tree: FileTree = {
    entries: new Map(Object.entries(ENTRIES)),
    read(path, offset, lengthBytes) {
      ranges.push(`${path} ${offset}+${lengthBytes}`);
      return path === "bin/main"
        ? Promise.resolve(encodeText(TEXT.slice(offset, offset + lengthBytes)))
        : Promise.reject(new Error("No peer has the block"));
    },
  };
  const files = new Files({ tree, mounts: [], nowNs: () => 5_000_000_007n });
  return {
    root: new Descriptor(
      { files, waits: createTestWaits(), openLimit: 4096 },
      files.root,
      ROOT_FLAGS,
    ),
    ranges,
  };
}

const ROOT_FLAGS = { read: true, mutateDirectory: true };
const FOLLOW = { symlinkFollow: true };
const READ = { read: true };

function open(root: Descriptor, path: string): Descriptor {
  return root.openAt(FOLLOW, path, {}, READ);
}

function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return "nothing";
}

function names(directory: Descriptor): string[] {
  const stream = directory.readDirectory();
  const all: string[] = [];
  for (;;) {
    const entry = stream.readDirectoryEntry();
    if (entry === undefined) return all;
    all.push(`${entry.type} ${entry.name}`);
  }
}

/** The value that it resolves to, or the reason that it rejects with. */
async function settled(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (reason) {
    return reason;
  }
}

test("Descriptor.read() gives a range and whether it reaches the end", async () => {
  const { root, ranges } = openRoot();
  const file = open(root, "bin/main");
  expect(ranges).toEqual([]);
  const [bytes, end] = await file.read(5n, 12n);
  expect([decodeText(bytes), end]).toEqual(["23456", false]);
  const [tail, last] = await file.read(1000n, BigInt(TEXT.length - 3));
  expect([decodeText(tail), last]).toEqual(["789", true]);
  expect(await file.read(5n, 2n ** 63n - 1n)).toEqual([new Uint8Array(0), true]);
  await expect(async () => file.read(5n, 2n ** 63n)).rejects.toBe("invalid");
  expect(thrown(() => file.readViaStream(2n ** 63n))).toBe("invalid");
  expect(ranges).toEqual(["bin/main 12+5", `bin/main ${TEXT.length - 3}+3`]);
});

test("Descriptor.readViaStream() reads to the end, by pieces, from the offset", async () => {
  const { root, ranges } = openRoot();
  const stream = open(root, "here").readViaStream(5n);
  expect(stream.read(10n)).toHaveLength(0);
  let text = "";
  for (;;) {
    const bytes = await settled(async () => stream.blockingRead(3000n));
    if (!(bytes instanceof Uint8Array)) {
      expect(bytes).toEqual({ tag: "closed" });
      break;
    }
    text += decodeText(bytes);
  }
  expect(text).toBe(TEXT.slice(5));
  expect(ranges).toHaveLength(4);
});

test("Descriptor tells `io` when contents cannot be had, and the stream's error tells it too", async () => {
  const { root } = openRoot();
  const file = open(root, "bin/lost");
  await expect(async () => file.read(5n, 0n)).rejects.toBe("io");
  const failure = await settled(async () => file.readViaStream(0n).blockingRead(5n));
  expect(failure).toMatchObject({ tag: "last-operation-failed", val: { fileCode: "io" } });
});

test.each([
  ["nothing", "no-entry"],
  ["bin/nothing", "no-entry"],
  ["", "no-entry"],
  ["/bin/main", "not-permitted"],
  ["../x", "not-permitted"],
  ["bin/../../x", "not-permitted"],
  ["up", "not-permitted"],
  ["round", "loop"],
  ["bin/main/x", "not-directory"],
  ["bin/main/", "not-directory"],
  ["bin/main/..", "not-directory"],
  ["here/", "not-directory"],
])("Descriptor.openAt(%j) is refused as %s", (path, code) => {
  expect(thrown(() => open(openRoot().root, path))).toBe(code);
});

test("Descriptor.openAt() keeps a directory's lookups inside it", () => {
  const bin = open(openRoot().root, "bin/");
  expect(open(bin, "main").getType()).toBe("regular-file");
  expect(open(bin, "./.").getType()).toBe("directory");
  expect(thrown(() => open(bin, ".."))).toBe("not-permitted");
});

test("Descriptor.openAt() does not follow a last link unless asked, and follows those before", () => {
  const { root } = openRoot();
  expect(thrown(() => root.openAt({}, "here", {}, READ))).toBe("loop");
  expect(root.openAt({}, "root/main", {}, READ).isSameObject(open(root, "bin/main"))).toBe(true);
  expect(root.readlinkAt("here")).toBe("bin/main");
  expect(thrown(() => root.readlinkAt("root"))).toBe("not-permitted");
  expect(thrown(() => root.readlinkAt("bin"))).toBe("invalid");
});

test("Descriptor refuses whatever would change the image", () => {
  const { root } = openRoot();
  const bin = open(root, "bin");
  const change = { tag: "now" } as const;
  const refusals = [
    () => root.openAt(FOLLOW, "bin/new", { create: true }, { write: true }),
    () => root.openAt(FOLLOW, "bin/main", { truncate: true }, READ),
    () => root.openAt(FOLLOW, "bin/main", {}, { write: true }),
    () => root.openAt(FOLLOW, "bin", {}, { mutateDirectory: true }),
    () => root.createDirectoryAt("bin/new"),
    () => root.unlinkFileAt("bin/main"),
    () => root.symlinkAt("main", "bin/new"),
    () => root.linkAt({}, "bin/main", bin, "new"),
    () => root.renameAt("bin/main", bin, "new"),
    () => root.renameAt("bin/main", root, "tmp/new"),
    () => open(root, "bin/main").setTimes(change, change),
  ];
  expect(refusals.map((call) => thrown(call))).toEqual(refusals.map(() => "read-only"));
  const exclusive = { create: true, exclusive: true };
  expect(thrown(() => root.openAt(FOLLOW, "bin/main", exclusive, {}))).toBe("exist");
  expect(thrown(() => root.openAt(FOLLOW, "bin", {}, { write: true }))).toBe("is-directory");
});

test("Descriptor refuses what it was not opened for", async () => {
  const { root } = openRoot();
  const reader = open(root, "bin/main");
  const writer = root.openAt({}, "tmp/new", { create: true }, { write: true });
  const made = root.openAt({}, "tmp/made", { create: true, exclusive: true }, {});
  expect(await made.write(new Uint8Array(1), 0n)).toBe(1n);
  expect(await made.read(9n, 0n)).toEqual([new Uint8Array(1), true]);
  await expect(async () => reader.write(new Uint8Array(1), 0n)).rejects.toBe("bad-descriptor");
  expect(thrown(() => reader.writeViaStream(0n))).toBe("bad-descriptor");
  expect(thrown(() => reader.appendViaStream())).toBe("bad-descriptor");
  expect(thrown(() => reader.setSize(1n))).toBe("bad-descriptor");
  await expect(async () => writer.read(1n, 0n)).rejects.toBe("bad-descriptor");
  expect(thrown(() => writer.readViaStream(0n))).toBe("bad-descriptor");
  await expect(async () => root.read(1n, 0n)).rejects.toBe("is-directory");
  expect(thrown(() => root.setSize(1n))).toBe("is-directory");
  expect(thrown(() => root.advise())).toBe("bad-descriptor");
});

const BOTH = { read: true, write: true };

test("Descriptor reads what it and its streams have written", async () => {
  const { root } = openRoot();
  const file = root.openAt({}, "tmp/new", { create: true }, BOTH);
  const append = file.appendViaStream();
  await append.blockingWriteAndFlush(encodeText("hello"));
  expect(await file.write(encodeText("HE"), 0n)).toBe(2n);
  await append.blockingWriteAndFlush(encodeText("!"));
  const inside = file.writeViaStream(2n);
  expect(inside.checkWrite()).toBeGreaterThan(100n);
  inside.write(encodeText("_"));
  const [bytes, end] = await file.read(100n, 0n);
  expect([decodeText(bytes), end]).toEqual(["HE_lo!", true]);
  expect(decodeText(await file.readViaStream(3n).blockingRead(100n))).toBe("lo!");
  file.setSize(2n);
  expect(file.stat()).toMatchObject({ size: 2n, linkCount: 1n });
});

test("Descriptor.readViaStream() reads what was written, cut and appended before", async () => {
  const { root } = openRoot();
  const file = root.openAt({}, "tmp/new", { create: true }, BOTH);
  await file.write(encodeText("0123456789"), 0n);
  const stream = file.readViaStream(0n);
  const ready = stream.subscribe();
  const read = async (): Promise<unknown> => {
    expect(await ready.ready()).toBe(true);
    const bytes = await settled(async () => stream.read(3n));
    return bytes instanceof Uint8Array ? decodeText(bytes) : bytes;
  };
  expect(await read()).toBe("012");
  await file.write(encodeText("A"), 4n);
  expect(await read()).toBe("3A5");
  file.setSize(7n);
  expect(await read()).toBe("6");
  expect(await read()).toEqual({ tag: "closed" });
  await file.appendViaStream().blockingWriteAndFlush(encodeText("more"));
  expect(await read()).toBe("mor");
});

test("Descriptor keeps a file whose last name is gone, and has room again once it is dropped", async () => {
  const tree: FileTree = { entries: new Map(), read: () => Promise.reject(new Error("none")) };
  const limits = { bytes: 1000, nodes: 2 };
  const files = new Files({ tree, mounts: [], nowNs: () => 0n, limits });
  const root = new Descriptor(
    { files, waits: createTestWaits(), openLimit: 4096 },
    files.root,
    ROOT_FLAGS,
  );
  const first = root.openAt({}, "tmp/one", { create: true }, BOTH);
  await first.write(new Uint8Array(600).fill(1), 0n);
  root.unlinkFileAt("tmp/one");
  expect((await first.read(600n, 0n))[0]).toEqual(new Uint8Array(600).fill(1));
  const second = root.openAt({}, "tmp/two", { create: true }, BOTH);
  const stream = second.writeViaStream(0n);
  const refusal = { tag: "last-operation-failed", val: { fileCode: "insufficient-space" } };
  await expect(async () => stream.blockingWriteAndFlush(new Uint8Array(600))).rejects.toMatchObject(
    refusal,
  );
  await expect(async () => stream.blockingWriteAndFlush(new Uint8Array(1))).rejects.toEqual({
    tag: "closed",
  });
  expect(thrown(() => root.createDirectoryAt("tmp/three"))).toBe("insufficient-space");
  first[Symbol.dispose]();
  await second.writeViaStream(0n).blockingWriteAndFlush(new Uint8Array(600));
  root.createDirectoryAt("tmp/three");
});

test("Descriptor.setTimes() sets exactly what it is told", () => {
  const { root } = openRoot();
  const file = root.openAt({}, "tmp/new", { create: true }, BOTH);
  const now = { seconds: 5n, nanoseconds: 7 };
  const then = { seconds: 1n, nanoseconds: 999_999_999 };
  expect(file.stat()).toMatchObject({
    dataAccessTimestamp: now,
    dataModificationTimestamp: now,
    statusChangeTimestamp: now,
  });
  root.setTimesAt({}, "tmp/new", { tag: "no-change" }, { tag: "timestamp", val: then });
  expect(file.stat()).toMatchObject({ dataAccessTimestamp: now, dataModificationTimestamp: then });
  file.setTimes({ tag: "timestamp", val: then }, { tag: "now" });
  expect(file.stat()).toMatchObject({ dataAccessTimestamp: then, dataModificationTimestamp: now });
});

test("Descriptor.readDirectory() lists names and types in order", () => {
  const { root } = openRoot();
  expect(names(root)).toEqual([
    "directory bin",
    "symbolic-link here",
    "symbolic-link root",
    "symbolic-link round",
    "directory tmp",
    "symbolic-link up",
  ]);
  expect(names(open(root, "bin"))).toEqual([
    "regular-file .empty",
    "regular-file lost",
    "regular-file main",
  ]);
  expect(thrown(() => open(root, "here").readDirectory())).toBe("not-directory");
  expect(thrown(() => open(root, "bin").readViaStream(0n))).toBe("is-directory");
});

test("Descriptor.stat() and metadataHash() identify a file", () => {
  const { root } = openRoot();
  const stat = { type: "regular-file", linkCount: 1n, size: BigInt(TEXT.length) };
  expect(open(root, "bin/main").stat()).toEqual(stat);
  expect(open(root, "bin/main").stat()).not.toHaveProperty("dataAccessTimestamp.seconds");
  expect(root.statAt(FOLLOW, "here")).toEqual(stat);
  expect(root.statAt({}, "here")).toMatchObject({ type: "symbolic-link" });
  const hash = root.metadataHashAt(FOLLOW, "here");
  expect(hash).toEqual(open(root, "bin/main").metadataHash());
  expect(hash).not.toEqual(root.metadataHashAt({}, "here"));
  expect(hash).not.toEqual(root.metadataHash());
});

test("Descriptor ends a guest that opens without end, and not one that drops what it opened", () => {
  const { root } = openRoot();
  for (let count = 0; count < 10_000; count++) {
    const file = open(root, "bin/main");
    file.readViaStream(0n)[Symbol.dispose]();
    file[Symbol.dispose]();
  }
  const openMany = (): void => {
    for (let count = 0; count < 10_000; count++) open(root, "bin/main");
  };
  expect(thrown(openMany)).toBeInstanceOf(WebAssembly.RuntimeError);
});

test("Descriptor.getFlags() tells what may be done, whatever was asked for", () => {
  const { root } = openRoot();
  expect(root.getFlags()).toEqual({ read: true, mutateDirectory: true });
  const tmp = root.openAt({}, "tmp", {}, {});
  expect(tmp.getFlags()).toEqual({ read: true, mutateDirectory: false });
  // As in all hosts, a directory opened for reading can still be the base of changes.
  tmp.createDirectoryAt("in");
  const mutable = root.openAt({}, "tmp/in", {}, { mutateDirectory: true });
  expect(mutable.getFlags()).toEqual({ read: true, mutateDirectory: true });
  const flags = (open: OpenFlags, asked: DescriptorFlags, path = "tmp/new"): DescriptorFlags =>
    root.openAt({}, path, open, asked).getFlags();
  const create = { create: true };
  expect(flags(create, {})).toEqual({ read: true, write: true });
  expect(flags(create, { read: true })).toEqual({ read: true, write: true });
  expect(flags(create, { write: true })).toEqual({ read: false, write: true });
  expect(flags({}, { write: true })).toEqual({ read: false, write: true });
  expect(flags({ exclusive: true }, {})).toEqual({ read: true, write: false });
  const sync = { read: true, write: true, fileIntegritySync: true };
  expect(flags({}, sync)).toEqual(sync);
  expect(flags(create, { read: true }, "bin/main")).toEqual({ read: true, write: false });
});

test.each<[path: string, code: string, (root: Descriptor, path: string) => void]>([
  ["", "no-entry", (root, path) => root.createDirectoryAt(path)],
  [".", "exist", (root, path) => root.createDirectoryAt(path)],
  ["..", "not-permitted", (root, path) => root.createDirectoryAt(path)],
  ["/", "not-permitted", (root, path) => root.createDirectoryAt(path)],
  ["tmp/../../x", "not-permitted", (root, path) => root.createDirectoryAt(path)],
  ["", "no-entry", (root, path) => root.removeDirectoryAt(path)],
  [".", "invalid", (root, path) => root.removeDirectoryAt(path)],
  ["..", "not-permitted", (root, path) => root.removeDirectoryAt(path)],
  ["tmp/none", "no-entry", (root, path) => root.removeDirectoryAt(path)],
  ["", "no-entry", (root, path) => root.unlinkFileAt(path)],
  [".", "is-directory", (root, path) => root.unlinkFileAt(path)],
  ["../x", "not-permitted", (root, path) => root.unlinkFileAt(path)],
  [".", "busy", (root, path) => root.renameAt(path, root, "tmp/x")],
  ["tmp/file", "not-permitted", (root, path) => root.renameAt(path, root, "../x")],
  ["tmp/file", "not-permitted", (root, path) => root.renameAt(path, root, "/tmp/x")],
  [".", "not-permitted", (root, path) => root.linkAt({}, path, root, "tmp/x")],
  ["tmp/file", "no-entry", (root, path) => root.linkAt({}, path, root, "")],
  ["tmp/file", "not-permitted", (root, path) => root.linkAt({}, path, root, "..")],
  ["tmp/file", "invalid", (root, path) => root.linkAt(FOLLOW, path, root, "tmp/x")],
  ["tmp/file", "exist", (root, path) => root.symlinkAt("x", path)],
  ["tmp/x", "not-permitted", (root, path) => root.symlinkAt("/x", path)],
  ["tmp/file", "not-directory", (root, path) => open(root, path).statAt({}, ".")],
  ["tmp/file", "not-directory", (root, path) => open(root, path).readDirectory()],
])("a change at %j is refused as %s", (path, code, change) => {
  const { root } = openRoot();
  root.openAt({}, "tmp/file", { create: true }, {});
  expect(thrown(() => change(root, path))).toBe(code);
});
