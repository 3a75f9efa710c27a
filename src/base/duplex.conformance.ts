/** The contract of `Duplex`; the tests of each implementation run it. */
import { describe, expect, test } from "vitest";
import { decodeText, encodeText } from "./bytes.ts";
import { copyBytes, readAll } from "./duplex.ts";
import type { Duplex } from "./duplex.ts";

/** @param open two ends of one pipe, each holding at most `windowBytes` unread bytes; at least 16 */
export function testDuplex(name: string, open: (windowBytes: number) => [Duplex, Duplex]): void {
  describe(name, () => {
    test("read() gives what was written, in order, in both directions", async () => {
      const [near, far] = open(1024);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      await near.sink.write(encodeText("there"));
      await far.sink.write(encodeText("back"));
      expect(decodeText(await take(far, 5))).toBe("there");
      expect(decodeText(await take(near, 4))).toBe("back");
    });

    test("read() gives no more than was asked for", async () => {
      const [near, far] = open(1024);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      await near.sink.write(encodeText("abcdef"));
      expect((await far.source.read(4))?.length).toBeLessThanOrEqual(4);
    });

    test("read() gives the end once everything was read, and ever after", async () => {
      const [near, far] = open(1024);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      await near.sink.write(encodeText("x"));
      near.sink.close();
      expect(decodeText(await take(far, 1))).toBe("x");
      expect(await far.source.read(1)).toBeUndefined();
      expect(await far.source.read(1)).toBeUndefined();
      expect(far.source.ended).toBe(true);
      expect(far.source.take(1)).toHaveLength(0);
    });

    test.each([0, -1, 1.5, Number.NaN])("read(%s) is a mistake of the caller", async (limit) => {
      const [near, far] = open(1024);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      await expect(far.source.read(limit)).rejects.toThrow(RangeError);
    });

    test("ready() waits for as much room as it is told, or for the end", async () => {
      const [near, far] = open(64);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      await near.sink.ready({ roomBytes: 64 });
      await near.sink.write(new Uint8Array(60));
      expect([near.sink.hasRoom(4), near.sink.hasRoom(5)]).toEqual([true, false]);
      let isReady = false;
      const waiting = near.sink.ready({ roomBytes: 20 }).then(() => (isReady = true));
      expect((await take(far, 8)).length).toBe(8);
      await near.sink.ready();
      expect(isReady).toBe(false);
      expect((await take(far, 52)).length).toBe(52);
      await waiting;
      expect(near.sink.hasRoom(20)).toBe(true);
      const ending = near.sink.ready({ roomBytes: 65 });
      far.source[Symbol.dispose]();
      await ending;
    });

    test("write() waits while the pipe is full, and loses nothing", async () => {
      const [near, far] = open(16);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      const bytes = Uint8Array.from({ length: 10_000 }, (_, at) => at % 251);
      const writing = near.sink.write(bytes.slice()).then(() => near.sink.close());
      expect(await readAll(far.source, 10_000)).toEqual(bytes);
      await writing;
    });

    test("offer() takes no more than there is room for", async () => {
      const [near, far] = open(16);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      await near.sink.ready();
      expect(near.sink.offer(new Uint8Array(100))).toBe(16);
      expect(near.sink.room).toBe(0);
      expect(near.sink.offer(new Uint8Array(1))).toBe(0);
      expect(await take(far, 16)).toHaveLength(16);
      await near.sink.ready();
      expect(near.sink.room).toBeGreaterThan(0);
    });

    test("write() of nothing is done at once", async () => {
      const [near, far] = open(16);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      await near.sink.write(new Uint8Array(0));
      expect(far.source.take(1)).toHaveLength(0);
    });

    test("the writer learns that the reader is gone, also while it waits", async () => {
      const [near, far] = open(16);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      const writing = near.sink.write(new Uint8Array(1000));
      far.source[Symbol.dispose]();
      await expect(writing).rejects.toMatchObject({ kind: "disconnected" });
      expect(near.sink.closed).toBe(true);
      expect(far.source.ended).toBe(true);
    });

    test("the reader learns that the writer is gone without an end, after what was written", async () => {
      const [near, far] = open(1024);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      await near.sink.write(encodeText("cut"));
      near.sink[Symbol.dispose]();
      expect(decodeText(await take(far, 3))).toBe("cut");
      await expect(far.source.read(1)).rejects.toMatchObject({ kind: "disconnected" });
    });

    test("closing one direction leaves the other open", async () => {
      const [near, far] = open(1024);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      near.sink.close();
      expect(await far.source.read(1)).toBeUndefined();
      await far.sink.write(encodeText("still"));
      expect(decodeText(await take(near, 5))).toBe("still");
    });

    test("dispose ends both directions, and may be repeated", async () => {
      const [near, far] = open(1024);
      near[Symbol.dispose]();
      near[Symbol.dispose]();
      await expect(far.source.read(1)).rejects.toMatchObject({ kind: "disconnected" });
      await expect(far.sink.write(new Uint8Array(2000))).rejects.toMatchObject({
        kind: "disconnected",
      });
      far[Symbol.dispose]();
    });

    test("a signal ends waiting, and nothing else", async () => {
      const [near, far] = open(1024);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      const stop = new AbortController();
      const reading = far.source.read(1, { signal: stop.signal });
      stop.abort("enough");
      await expect(reading).rejects.toBe("enough");
      await near.sink.write(encodeText("y"));
      expect(decodeText(await take(far, 1))).toBe("y");
    });

    test("copyBytes() passes everything on and says how much it was", async () => {
      const [near, far] = open(64);
      const [into, out] = open(64);
      using stack = new DisposableStack();
      stack.use(near);
      stack.use(far);
      stack.use(into);
      stack.use(out);
      const collecting = readAll(out.source, 5000);
      const copying = copyBytes(far.source, into.sink).then((count) => {
        into.sink.close();
        return count;
      });
      await near.sink.write(new Uint8Array(5000));
      near.sink.close();
      expect(await copying).toBe(5000);
      expect(await collecting).toHaveLength(5000);
    });
  });
}

async function take(duplex: Duplex, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const piece = await duplex.source.read(length - at);
    if (piece === undefined) return bytes.subarray(0, at);
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
