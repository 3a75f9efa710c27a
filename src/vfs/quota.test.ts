import { encodeText } from "#base";
import { describe, expect, test } from "vitest";
import { createFileSource } from "./file-source.ts";
import type { FileSource } from "./file-source.ts";
import { NEW, openFiles, TREE_KINDS } from "./files.testing.ts";
import type { Opened } from "./files.testing.ts";
import { toQuotaLimits } from "./quota.ts";
import { createMemorySpill } from "./spill.testing.ts";

const MIB = 1024 * 1024;
const LONG = "n".repeat(240);
const TARGET = "t".repeat(4000);

/** Calls by which a guest can make the host keep something; `at` is different for each call. */
const HOARDS: Record<string, (opened: Opened, at: number) => unknown> = {
  "hard links": ({ files }, at) => {
    if (at === 0) files.open(files.root, "tmp/file", NEW);
    return files.link(files.root, "tmp/file", files.root, `tmp/${LONG}${at}`);
  },
  files: ({ files }, at) => files.open(files.root, `tmp/${at}`, NEW),
  directories: ({ files }, at) => files.createDirectory(files.root, `tmp/${at}`),
  "symbolic links": ({ files }, at) => files.createLink(files.root, `tmp/${at}`, TARGET),
  "pages of a file with holes": (opened, at) => {
    const { files } = opened;
    const file = at === 0 ? opened.create("tmp/holes") : opened.file("tmp/holes");
    const written = files.write(file, at * 65_536, encodeText("x"));
    return typeof written === "number" ? undefined : written;
  },
};

/** The number of calls that succeed, and the refusal that follows. */
function hoard(opened: Opened, call: (opened: Opened, at: number) => unknown): [number, unknown] {
  for (let at = 0; at < 100_000; at++) {
    const outcome = call(opened, at);
    if (typeof outcome === "string") return [at, outcome];
  }
  return [100_000, undefined];
}

describe.each(Object.entries(HOARDS))("Files counts %s", (_, call) => {
  test("in the memory of the cell, and what is removed makes room for as many", () => {
    const opened = openFiles({ limits: { objectBytes: MIB }, spill: createMemorySpill("at once") });
    const { files } = opened;
    const [count, refusal] = hoard(opened, call);
    expect(refusal).toBe("insufficient-space");
    // A node, name or page was measured in V8 to take at least 300 bytes.
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(MIB / 300);
    for (const name of opened.names("tmp")) {
      files.removeFile(files.root, `tmp/${name}`);
      files.removeDirectory(files.root, `tmp/${name}`);
    }
    expect(hoard(opened, call)).toEqual([count, refusal]);
  });
});

test("Files keeps nothing of names that come and go", () => {
  const opened = openFiles({ limits: { objectBytes: 64 * 1024 } });
  const { files } = opened;
  for (let at = 0; at < 2_000; at++) {
    const file = opened.create(`tmp/${at}`);
    files.hold(file);
    expect(files.rename(files.root, `tmp/${at}`, files.root, `data/${at}`)).toBe("cross-device");
    expect(files.link(files.root, `tmp/${at}`, files.root, `tmp/other`)).toBe(undefined);
    expect(files.rename(files.root, "tmp/other", files.root, "tmp/third")).toBe(undefined);
    expect(files.removeFile(files.root, `tmp/${at}`)).toBe(undefined);
    expect(files.removeFile(files.root, "tmp/third")).toBe(undefined);
    files.release(file);
    expect(files.createDirectory(files.root, `data/${at}`)).toBe(undefined);
    expect(files.removeDirectory(files.root, `data/${at}`)).toBe(undefined);
  }
  const tmp = opened.at("tmp");
  expect(tmp.type === "directory" && tmp.overlay.size).toBe(0);
});

test("Files gives back what a removed directory of the tree has hidden", () => {
  const opened = openFiles({ limits: { objectBytes: 64 * 1024 } });
  const { files } = opened;
  for (const name of ["one", "two"]) files.removeFile(files.root, `data/deep/${name}`);
  const deep = opened.at("data/deep");
  expect(files.removeDirectory(files.root, "data/deep")).toBe(undefined);
  expect(deep.type === "directory" && deep.overlay.size).toBe(0);
});

test("Files refuses to look at more of the tree than there is memory for, and still lists it", () => {
  const opened = openFiles({ limits: { objectBytes: 6_000 } });
  const { files } = opened;
  const found = ["big", "tiny", "lost", "deep", "link"].map((name) =>
    files.find(files.root, `data/${name}`, false),
  );
  expect(found).toContain("insufficient-memory");
  expect(opened.names("data")).toEqual(["big", "deep", "dir", "link", "lost", "tiny"]);
});

test("toQuotaLimits() lets the host keep no more of its heap than half of the cell's own memory", () => {
  for (const memory of [16 * MIB, 64 * MIB, 200 * MIB]) {
    const { memoryBytes, objectBytes } = toQuotaLimits(memory, true);
    expect(memoryBytes + objectBytes).toBe(memory / 2);
    const alone = { bytes: memory / 2, objectBytes: memory / 2 };
    expect(toQuotaLimits(memory, false)).toMatchObject(alone);
  }
  const { memoryBytes, objectBytes, bytes } = toQuotaLimits(4096 * MIB, true);
  expect([memoryBytes + objectBytes, bytes]).toEqual([128 * MIB, 1024 * MIB]);
});

test.each(TREE_KINDS)(
  "createFileSource() counts what it has fetched and was not read yet, of a tree that answers %s",
  async (kind) => {
    const opened = openFiles({ kind, limits: { objectBytes: MIB } });
    const file = opened.file("data/big");
    const open = async (): Promise<FileSource> => {
      const source = createFileSource(file, 0);
      await source.ready();
      expect(source.failure ?? source.take(1).length).toBeOneOf([1, "insufficient-memory"]);
      return source;
    };
    const sources: FileSource[] = [];
    while (sources.at(-1)?.failure === undefined) sources.push(await open());
    // Each has read one byte, and keeps a piece of 64 KiB.
    expect(sources).toHaveLength(16);
    expect(sources.at(-1)?.failure).toBe("insufficient-memory");
    expect(() => sources.at(-1)?.take(1)).toThrow("need more memory than it may have");
    expect((await open()).failure).toBe("insufficient-memory");
    // A disposed source makes room, and so does one that has read its whole piece.
    sources[0]?.[Symbol.dispose]();
    expect((await open()).failure).toBe(undefined);
    expect((await open()).failure).toBe("insufficient-memory");
    expect(sources[1]?.take(100_000)).toHaveLength(65_535);
    expect((await open()).failure).toBe(undefined);
  },
);
