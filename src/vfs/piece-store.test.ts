import { Exception } from "#base";
import { expect, test } from "vitest";
import { createPieceStore } from "./piece-store.ts";
import type { PieceFile, PieceName } from "./piece-store.ts";

const PIECE = 4;

/** A file with room for `sizeBytes` bytes. */
function createFile(sizeBytes: number): PieceFile {
  const all = new Uint8Array(sizeBytes);
  return {
    read: (to, offset) => to.set(all.subarray(offset, offset + to.length)),
    write(bytes, offset) {
      if (offset + bytes.length > sizeBytes) throw new Exception("overloaded", "Disk is full");
      all.set(bytes, offset);
    },
    [Symbol.dispose]() {},
  };
}

const nameOf = (index: number): PieceName => ({ id: "tree", path: "file", index });
const bytesOf = (index: number): Uint8Array => new Uint8Array(PIECE).fill(index);

async function openStore(file: PieceFile, limitBytes: number) {
  const store = createPieceStore({ open: async () => file, pieceBytes: PIECE, limitBytes });
  // The first piece opens the file, and is not stored itself.
  store.keep(nameOf(99), bytesOf(99));
  await Promise.resolve();
  expect(store.has(nameOf(99))).toBe(false);
  return store;
}

test("createPieceStore() keeps pieces until there is no room, and then the latest", async () => {
  const store = await openStore(createFile(3 * PIECE), 3 * PIECE);
  for (const index of [0, 1, 2, 3, 4]) store.keep(nameOf(index), bytesOf(index));
  expect([0, 1, 2, 3, 4].map((index) => store.has(nameOf(index)))).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
  for (const index of [2, 3, 4]) {
    const to = new Uint8Array(2);
    store.copy(nameOf(index), 1, to);
    expect(to).toEqual(bytesOf(index).subarray(1, 3));
  }
});

test("createPieceStore() on a full disk keeps what it has", async () => {
  const store = await openStore(createFile(2 * PIECE), 10 * PIECE);
  for (const index of [0, 1, 2, 3]) store.keep(nameOf(index), bytesOf(index));
  expect([0, 1, 2, 3].map((index) => store.has(nameOf(index)))).toEqual([true, true, false, false]);
  const to = new Uint8Array(PIECE);
  store.copy(nameOf(1), 0, to);
  expect(to).toEqual(bytesOf(1));
});

test("createPieceStore() whose file is lost says so, and keeps pieces in a new one", async () => {
  let isLost = false;
  let opened = 0;
  let closed = 0;
  const open = async (): Promise<PieceFile> => {
    opened++;
    isLost = false;
    const file = createFile(10 * PIECE);
    return {
      ...file,
      read(to, offset) {
        if (isLost) throw new Exception("failed", "The file is gone");
        file.read(to, offset);
      },
      [Symbol.dispose]: () => void closed++,
    };
  };
  const store = createPieceStore({ open, pieceBytes: PIECE, limitBytes: 10 * PIECE });
  const keep = async (index: number): Promise<void> => {
    store.keep(nameOf(index), bytesOf(index));
    await Promise.resolve();
    store.keep(nameOf(index), bytesOf(index));
  };
  await keep(1);
  await keep(2);
  isLost = true;
  const to = new Uint8Array(PIECE);
  expect(store.copy(nameOf(1), 0, to)).toBe(false);
  expect([store.has(nameOf(1)), store.has(nameOf(2)), closed]).toEqual([false, false, 1]);
  await keep(2);
  expect(store.copy(nameOf(2), 0, to)).toBe(true);
  expect([to, opened]).toEqual([bytesOf(2), 2]);
});

test("createPieceStore() without a file keeps nothing", async () => {
  const limits = { pieceBytes: PIECE, limitBytes: 2 * PIECE };
  const refused = new Error("Storage is refused");
  const store = createPieceStore({ open: () => Promise.reject(refused), ...limits });
  store.keep(nameOf(0), bytesOf(0));
  await Promise.resolve();
  store.keep(nameOf(0), bytesOf(0));
  expect(store.has(nameOf(0))).toBe(false);
});
