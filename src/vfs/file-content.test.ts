import { decodeText, encodeText } from "#base";
import { describe, expect, test } from "vitest";
import { createFileSink } from "./file-sink.ts";
import { createFileSource } from "./file-source.ts";
import { BIG, openFiles, settle, TREE_KINDS } from "./files.testing.ts";
import type { FileNode } from "./node.ts";

describe.each(TREE_KINDS)("over a tree that answers %s", (kind) => {
  const readAll = async ({ content }: FileNode): Promise<string> =>
    decodeText(await settle(kind, content.read(0, content.sizeBytes)));

  test("Files takes over from the tree only the pages that a write touches in part", async () => {
    const opened = openFiles({ kind });
    const { files, ranges } = opened;
    const file = opened.file("data/big");
    expect(file.content.isWritableNow(70_000, 4)).toBe(false);
    expect(await settle(kind, file.content.prepare(70_000, 4))).toBe(undefined);
    expect(ranges).toEqual(["big 65536+65536"]);
    expect(files.write(file, 70_000, encodeText("ABCD"))).toBe(4);
    // A page that is overwritten whole, as at the end of the file, is not fetched.
    expect(file.content.isWritableNow(131_072, 65_536)).toBe(true);
    expect(file.content.roomNow(131_072, 65_536)).toBe(0);
    expect(files.write(file, 131_072, new Uint8Array(65_536).fill(0x2e))).toBe(65_536);
    const expected = `${BIG.slice(0, 70_000)}ABCD${BIG.slice(70_004, 131_072)}${".".repeat(65_536)}${BIG.slice(196_608)}`;
    expect(await readAll(file)).toBe(expected);
    expect(ranges.slice(1)).toEqual(["big 0+65536", "big 196608+123392"]);
  });

  test("Files cuts and lengthens a file of the tree, and zeros stand where nothing was written", async () => {
    const opened = openFiles({ kind });
    const file = opened.file("data/big");
    expect(opened.files.resize(file, 10)).toBe(undefined);
    expect(opened.files.resize(file, 14)).toBe(undefined);
    expect(await readAll(file)).toBe("0123456789\0\0\0\0");
    await file.content.prepare(2, 1);
    opened.files.write(file, 2, encodeText("xyz"));
    opened.files.resize(file, 4);
    opened.files.resize(file, 6);
    expect(await readAll(file)).toBe("01xy\0\0");
    const sparse = opened.create("tmp/sparse");
    expect(opened.files.write(sparse, 10_000_000_000, encodeText("end"))).toBe(3);
    expect(sparse.content.sizeBytes).toBe(10_000_000_003);
    const tail = await settle(kind, sparse.content.read(9_999_999_999, 10));
    expect(decodeText(tail)).toBe("\0end");
    expect(opened.files.write(sparse, 2 ** 41, encodeText("x"))).toBe("file-too-large");
    expect(opened.files.resize(sparse, 2 ** 41)).toBe("file-too-large");
  });

  test("FileContent says that the tree's bytes cannot be had, each time", async () => {
    const opened = openFiles({ kind });
    const { content } = opened.file("data/lost");
    const read = async (): Promise<Uint8Array> => await content.read(10, 10);
    for (const attempt of [1, 2]) {
      await expect(read(), `attempt ${attempt}`).rejects.toThrow("No peer has the block");
      expect(await settle(kind, content.prepare(10, 10))).toBe("io");
    }
    expect(content.isWritableNow(10, 10)).toBe(false);
  });

  test("FileContent.lendHeld() gives bytes where they lie, if one page in memory has them all", async () => {
    const opened = openFiles({ kind });
    const { content } = opened.file("data/big");
    expect(content.lendHeld(70_000, 4)).toBe(undefined);
    await settle(kind, content.prepare(70_000, 4));
    const lent = content.lendHeld(70_000, 4);
    opened.files.write(opened.file("data/big"), 70_000, encodeText("ABCD"));
    expect(decodeText(lent ?? new Uint8Array(0))).toBe("ABCD");
    expect(content.lendHeld(131_070, 4)).toBe(undefined);
    const short = opened.create("tmp/short");
    opened.files.write(short, 0, encodeText("abc"));
    expect(decodeText(short.content.lendHeld(1, 100) ?? new Uint8Array(0))).toBe("bc");
    expect(short.content.lendHeld(3, 1)).toBe(undefined);
    // Zeros after the end of a page's array are not in memory.
    opened.files.resize(short, 1000);
    expect(short.content.lendHeld(0, 1000)).toBe(undefined);
    expect(short.content.lendNow(0, 1000)?.length).toBe(1000);
  });

  test("createFileSource() sees what is written ahead of it", async () => {
    const opened = openFiles({ kind });
    const file = opened.file("data/big");
    const source = createFileSource(file, 65_530);
    const read = async (limitBytes: number): Promise<string | undefined> => {
      if (kind === "by promises") await source.ready();
      const bytes = source.take(limitBytes);
      return source.ended && bytes.length === 0 ? undefined : decodeText(bytes);
    };
    expect(await read(3)).toBe("abc");
    await file.content.prepare(65_536, 2);
    opened.files.write(file, 65_536, encodeText("XY"));
    expect(await read(100)).toBe("def");
    expect(await read(3)).toBe("XY2");
    opened.files.resize(file, 100);
    expect(await read(10)).toBe(undefined);
  });

  test("createFileSource() reads the tree when it is asked, and only then", async () => {
    const opened = openFiles({ kind });
    const source = createFileSource(opened.file("data/big"), 0);
    expect(opened.ranges).toEqual([]);
    expect(source.take(4).length).toBe(kind === "at once" ? 4 : 0);
    await source.ready();
    expect(source.take(4).length).toBe(4);
    expect(opened.ranges).toEqual(["big 0+65536"]);
  });

  test("createFileSource() throws what the tree says", async () => {
    const opened = openFiles({ kind });
    const source = createFileSource(opened.file("data/lost"), 0);
    if (kind === "by promises") {
      expect(source.take(4).length).toBe(0);
      await source.ready();
    }
    expect(() => source.take(4)).toThrow("No peer has the block");
    expect(source.ended).toBe(false);
  });

  test("createFileSink() takes the tree's page over, then writes in order, and tells why it stopped", async () => {
    const opened = openFiles({ kind, limits: { bytes: 3 * 65_536 + 256, nodes: 10 } });
    const { files } = opened;
    const file = opened.file("data/big");
    const sink = createFileSink(files, file, 65_530);
    // Up to the end of the page, or none while the page is being fetched.
    expect(sink.room).toBe(kind === "at once" ? 6 : 0);
    await sink.write(encodeText("a".repeat(20)));
    expect((await readAll(file)).slice(65_528, 65_552)).toBe(`89${"a".repeat(20)}ef`);
    const end = createFileSink(files, file);
    await end.write(encodeText("!"));
    expect((await readAll(file)).slice(BIG.length)).toBe("!");
    const failing = createFileSink(files, file, 131_072);
    await expect(failing.write(encodeText("x"))).rejects.toMatchObject({ kind: "disconnected" });
    expect([failing.closed, failing.failure]).toEqual([true, "insufficient-space"]);
    const tiny = createFileSink(files, opened.file("data/tiny"), 0);
    await tiny.write(encodeText("yz"));
    expect(await readAll(opened.file("data/tiny"))).toBe("yz");
    const lost = createFileSink(files, opened.file("data/lost"), 5);
    await lost.ready();
    expect([lost.room, lost.closed, lost.failure]).toEqual([0, true, "io"]);
  });
});
