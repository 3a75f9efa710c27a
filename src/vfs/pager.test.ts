import { concatBytes, encodeText, equalBytes } from "#base";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFileSink } from "./file-sink.ts";
import { createFileSource } from "./file-source.ts";
import { BIG, openFiles, settle } from "./files.testing.ts";
import type { Opened, TreeKind } from "./files.testing.ts";
import type { FileNode } from "./node.ts";
import { Pager } from "./pager.ts";
import type { Page } from "./pager.ts";
import { createQuota } from "./quota.ts";
import { createHeldSpill, createMemorySpill, createNearSpill } from "./spill.testing.ts";
import type { HeldSpill, MemorySpill } from "./spill.testing.ts";

const PAGE = 65_536;
const MEMORY = 4 * 1024 * 1024;

interface Spilling extends Opened {
  readonly spill: MemorySpill;
  /** Writes all of the bytes, as a descriptor does. */
  write(file: FileNode, offset: number, bytes: Uint8Array): Promise<void>;
}

function openSpilling(kind: TreeKind, isNear: boolean, bytes = 64 * 1024 * 1024): Spilling {
  const spill = isNear ? createNearSpill() : createMemorySpill(kind);
  const opened = openFiles({ kind, spill, limits: { bytes, memoryBytes: MEMORY } });
  return {
    ...opened,
    spill,
    async write(file, offset, bytes) {
      const refusal = await settle(kind, file.content.prepare(offset, bytes.length));
      expect(refusal).toBe(undefined);
      expect(opened.files.write(file, offset, bytes)).toBe(bytes.length);
    },
  };
}

/** Contents that differ for seeds less than 256 apart; a new array for each call. */
function pageOf(seed: number): Uint8Array {
  const page = new Uint8Array(PAGE).fill(seed);
  page.set([1, 2, 3, seed], 100);
  return page;
}

const SPILLS = [
  { kind: "at once", how: "answers at once", isNear: false },
  { kind: "by promises", how: "answers by promises", isNear: false },
  { kind: "at once", how: "is near", isNear: true },
] as const;

describe.each(SPILLS)("with a spill that $how", ({ kind, isNear }) => {
  test("Files keeps more than memory holds, and reads it back", async () => {
    const opened = openSpilling(kind, isNear);
    const file = opened.create("tmp/big");
    for (let at = 0; at < 100; at++) await opened.write(file, at * PAGE, pageOf(at));
    expect(opened.spill.slots.size).toBe(36);
    expect(file.content.readNow(0, 10)?.length).toBe(isNear ? 10 : undefined);
    for (let at = 0; at < 100; at++) {
      const page = await settle(kind, file.content.read(at * PAGE, PAGE));
      expect(equalBytes(page, pageOf(at)), `page ${at}`).toBe(true);
    }
    const all = await settle(kind, file.content.read(0, 100 * PAGE));
    expect(equalBytes(all.subarray(99 * PAGE), pageOf(99))).toBe(true);
    // Unchanged pages were not spilled again, and near reads evict nothing.
    expect(opened.spill.writes).toBe(isNear ? 36 : 100);
  });

  test("Files lets the page go first that was not used for longest", async () => {
    const opened = openSpilling(kind, isNear);
    const file = opened.create("tmp/big");
    for (let at = 0; at < 64; at++) await opened.write(file, at * PAGE, pageOf(at));
    expect(file.content.readNow(0, 1)).toHaveLength(1);
    await opened.write(file, 64 * PAGE, pageOf(64));
    expect(file.content.readNow(0, 1)).toHaveLength(1);
    expect(file.content.readNow(PAGE, 1)?.length).toBe(isNear ? 1 : undefined);
    expect([...opened.spill.slots.values()]).toEqual([pageOf(1)]);
  });

  test("Files changes pages that have left memory, in part and whole", async () => {
    const opened = openSpilling(kind, isNear);
    const { files } = opened;
    const file = opened.create("tmp/big");
    for (let at = 0; at < 80; at++) await opened.write(file, at * PAGE, pageOf(at));
    expect(file.content.isWritableNow(5, 3)).toBe(false);
    expect(() => file.content.write(5, encodeText("abc"))).toThrow(TypeError);
    await opened.write(file, 5, encodeText("abc"));
    await opened.write(file, PAGE, pageOf(200));
    // Truncated while it is not in memory, then extended: zeros.
    expect(files.resize(file, 2 * PAGE + 100)).toBe(undefined);
    expect(files.resize(file, 3 * PAGE)).toBe(undefined);
    const other = opened.create("tmp/other");
    for (let at = 0; at < 80; at++) await opened.write(other, at * PAGE, pageOf(at));
    const first = pageOf(0);
    first.set(encodeText("abc"), 5);
    const third = pageOf(2).fill(0, 100);
    const found = await settle(kind, file.content.read(0, 4 * PAGE));
    expect(equalBytes(found, concatBytes([first, pageOf(200), third]))).toBe(true);
  });

  test("Files uses slots again, and gives their bytes back to the quota", async () => {
    const opened = openSpilling(kind, isNear, 100 * PAGE);
    const { files } = opened;
    for (let round = 0; round < 3; round++) {
      const file = opened.create("tmp/big");
      for (let at = 0; at < 100; at++) await opened.write(file, at * PAGE, pageOf(at));
      expect(await settle(kind, file.content.prepare(100 * PAGE, 1))).toBe(undefined);
      expect(files.write(file, 100 * PAGE, encodeText("x"))).toBe("insufficient-space");
      expect(files.removeFile(files.root, "tmp/big")).toBe(undefined);
    }
    expect(opened.spill.slots.size).toBeLessThan(45);
  });

  test("Files refuses what neither memory nor the spill has room for, and loses nothing", async () => {
    const opened = openSpilling(kind, isNear);
    const file = opened.create("tmp/big");
    for (let at = 0; at < 70; at++) await opened.write(file, at * PAGE, pageOf(at));
    opened.spill.full = true;
    expect(await settle(kind, file.content.prepare(70 * PAGE, 1))).toBe("insufficient-space");
    const sink = createFileSink(opened.files, file);
    await expect(sink.write(pageOf(70))).rejects.toMatchObject({ kind: "disconnected" });
    expect(sink.failure).toBe("insufficient-space");
    for (let at = 0; at < 70; at++) {
      const page = await settle(kind, file.content.read(at * PAGE, PAGE));
      expect(equalBytes(page, pageOf(at)), `page ${at}`).toBe(true);
    }
    opened.spill.full = false;
    await opened.write(file, 70 * PAGE, pageOf(70));
  });

  test("Files writes as much again where a spill has room for so many slots, and no more", async () => {
    const opened = openSpilling(kind, isNear);
    const { files } = opened;
    opened.spill.room = 10;
    for (let round = 0; round < 3; round++) {
      const file = opened.create("tmp/big");
      for (let at = 0; at < 74; at++) await opened.write(file, at * PAGE, pageOf(at));
      expect(await settle(kind, file.content.prepare(74 * PAGE, 1))).toBe("insufficient-space");
      for (let at = 0; at < 74; at++) {
        const page = await settle(kind, file.content.read(at * PAGE, PAGE));
        expect(equalBytes(page, pageOf(at)), `page ${at}`).toBe(true);
      }
      expect(files.removeFile(files.root, "tmp/big")).toBe(undefined);
    }
  });

  test("createFileSink() and createFileSource() pass more than memory holds", async () => {
    const opened = openSpilling(kind, isNear);
    const file = opened.create("tmp/big");
    const sink = createFileSink(opened.files, file, 3);
    for (let at = 0; at < 100; at++) await sink.write(pageOf(at));
    const source = createFileSource(file, 3);
    for (let at = 0; at < 100; at++) {
      let rest = pageOf(at);
      while (rest.length > 0) {
        await source.ready();
        const bytes = source.take(rest.length);
        expect(equalBytes(bytes, rest.subarray(0, bytes.length))).toBe(true);
        rest = rest.subarray(bytes.length);
      }
    }
    expect(source.ended).toBe(true);
  });

  test("Files does what plain arrays do, whatever is spilled in between", async () => {
    const change = fc.record({
      file: fc.nat(2),
      type: fc.constantFrom("write", "write", "write", "read", "resize", "remove", "spill"),
      offset: fc.oneof(
        fc.nat(5 * PAGE),
        fc.nat(50).map((page) => page * PAGE),
      ),
      length: fc.oneof(
        fc.nat(300),
        fc.nat(3 * PAGE),
        fc.nat(3).map((pages) => pages * PAGE),
      ),
      seed: fc.nat(255),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 20, maxLength: 40 }), async (changes) => {
        const opened = openSpilling(kind, isNear);
        const { files } = opened;
        const models = [new Uint8Array(0), new Uint8Array(0), encodeText(BIG)];
        const nodes = [opened.create("tmp/0"), opened.create("tmp/1"), opened.file("data/big")];
        const filler = opened.create("tmp/filler");
        for (const { file, type, offset, length, seed } of changes) {
          const node = nodes[file] ?? filler;
          const model = models[file] ?? new Uint8Array(0);
          if (type === "write") {
            const bytes = pageOf(seed).subarray(0, Math.min(length, PAGE));
            await opened.write(node, offset, bytes);
            if (bytes.length === 0) continue;
            const next = new Uint8Array(Math.max(model.length, offset + bytes.length));
            next.set(model);
            next.set(bytes, offset);
            models[file] = next;
          } else if (type === "read") {
            const bytes = await settle(kind, node.content.read(offset, length));
            expect(equalBytes(bytes, model.slice(offset, offset + length))).toBe(true);
          } else if (type === "resize") {
            expect(files.resize(node, offset)).toBe(undefined);
            const next = new Uint8Array(offset);
            next.set(model.subarray(0, offset));
            models[file] = next;
          } else if (type === "remove" && file < 2) {
            files.removeFile(files.root, `tmp/${file}`);
            nodes[file] = opened.create(`tmp/${file}`);
            models[file] = new Uint8Array(0);
          } else {
            // Evicts everything else.
            for (let page = 0; page < 64; page++)
              await opened.write(filler, page * PAGE, pageOf(page));
          }
        }
        for (const [at, node] of nodes.entries()) {
          const bytes = await settle(kind, node.content.read(0, node.content.sizeBytes));
          expect(equalBytes(bytes, models[at] ?? new Uint8Array(0)), `file ${at}`).toBe(true);
        }
      }),
      { numRuns: 6 },
    );
  });
});

test("Pager needs memory for what one write touches", () => {
  const limits = { memoryBytes: MEMORY - 1 };
  expect(() => openFiles({ spill: createMemorySpill("at once"), limits })).toThrow(RangeError);
});

interface Filled {
  readonly pager: Pager;
  /** As many as memory holds; each is filled with its number. */
  readonly pages: readonly Page[];
  readonly first: Page;
  readonly spill: HeldSpill;
}

function fillPager(): Filled {
  const spill = createHeldSpill();
  const pager = new Pager(
    createQuota({ bytes: 2 * MEMORY, nodes: 1, objectBytes: MEMORY }, true),
    spill,
    MEMORY,
  );
  const pages = Array.from({ length: MEMORY / PAGE }, (_, at) => {
    const page = pager.open(undefined, PAGE);
    if (page === undefined) throw new Error("The quota is too small");
    page.bytes?.fill(at);
    return page;
  });
  const [first] = pages;
  if (first === undefined) throw new Error("Memory is too small");
  return { pager, pages, first, spill };
}

test("Pager keeps a page in memory that was used while it left", async () => {
  const { pager, pages, first, spill } = fillPager();
  const made = pager.makeRoom(PAGE);
  expect(spill.asked).toEqual(["write 0"]);
  pager.touch(first);
  spill.answer();
  await expect.poll(() => spill.asked).toEqual(["write 1"]);
  spill.answer();
  await made;
  expect([first.bytes?.[0], pages[1]?.bytes, pager.roomBytes]).toEqual([0, undefined, PAGE]);
});

test("Pager keeps a page in memory that was written while it left", async () => {
  const { pager, first, spill } = fillPager();
  const made = pager.makeRoom(PAGE);
  pager.open(first, PAGE)?.bytes?.fill(77);
  first.used = false;
  spill.answer();
  await expect.poll(() => spill.asked).toEqual(["write 1"]);
  spill.answer();
  await made;
  expect([first.bytes?.[0], first.clean]).toEqual([77, false]);
});

test("Pager does not bring back what was replaced meanwhile", async () => {
  const { pager, first, spill } = fillPager();
  const made = pager.makeRoom(PAGE);
  spill.answer();
  await made;
  const loaded = pager.load(first);
  expect(spill.asked).toEqual(["read 0"]);
  pager.open(first, PAGE)?.bytes?.fill(77);
  spill.answer();
  await loaded;
  expect([first.bytes?.[0], first.clean, pager.roomBytes]).toEqual([77, false, 0]);
});

test("Pager brings back no more of a page than was left of it meanwhile", async () => {
  const { pager, first, spill } = fillPager();
  const made = pager.makeRoom(PAGE);
  spill.answer();
  await made;
  const loaded = pager.load(first);
  pager.cut(first, 10);
  spill.answer();
  await loaded;
  expect([first.bytes?.length, pager.roomBytes]).toEqual([10, PAGE - 10]);
});

test("Pager writes nothing else into a slot that is still being written", async () => {
  const { pager, first, spill } = fillPager();
  const made = pager.makeRoom(PAGE);
  pager.free(first);
  // There is room by now, but more is requested.
  const more = pager.makeRoom(2 * PAGE);
  expect(spill.asked).toEqual(["write 0", "write 1"]);
  spill.answer();
  await made;
  spill.answer();
  await more;
  const again = pager.makeRoom(3 * PAGE);
  expect(spill.asked).toEqual(["write 0"]);
  spill.answer();
  await again;
});

test("Files writes to several files at once while the spill answers late", async () => {
  const opened = openSpilling("by promises", false);
  const nodes = Array.from({ length: 8 }, (_, at) => opened.create(`tmp/${at}`));
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      nodes.map((file, at) => opened.write(file, round * PAGE, pageOf(at + round))),
    );
    if (round % 5 === 4) opened.files.removeFile(opened.files.root, `tmp/${round % 8}`);
    nodes[round % 8] = opened.create(`tmp/${round % 8}`);
  }
  await Promise.all(
    nodes.map(async (file, at) => {
      const bytes = await file.content.read(19 * PAGE, PAGE);
      expect(equalBytes(bytes, at === 3 ? new Uint8Array(0) : pageOf(at + 19))).toBe(true);
    }),
  );
});
