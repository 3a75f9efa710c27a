import { createPipe, encodeText } from "#base";
import { expect, test } from "vitest";
import { createClocks } from "./clocks.ts";
import { InputStream } from "./input-stream.ts";
import { createOutputLine } from "./output-line.ts";
import { OutputStream } from "./output-stream.ts";
import { createPoll } from "./poll.ts";
import { createTestPowers } from "./powers.testing.ts";
import { createReader } from "./reader.ts";
import { createBlockingWaits } from "./waits.ts";

/** A guest whose thread blocks; at each block, one action of the other threads takes place. */
function openBlocking(meanwhile: Array<(timeoutMs: number) => void>) {
  const powers = createTestPowers();
  let marks = 0;
  const waits = createBlockingWaits(
    {
      mark: () => ++marks,
      block(mark, timeoutMs) {
        expect(mark).toBe(marks);
        const act = meanwhile.shift();
        if (act === undefined) throw new Error("Would block for ever");
        act(timeoutMs);
      },
    },
    powers,
  );
  return { powers, waits };
}

test("blockingRead() blocks until there are bytes, however often it is woken for nothing", () => {
  const pipe = createPipe(9);
  const { waits } = openBlocking([() => {}, () => {}, () => pipe.sink.offer(encodeText("x"))]);
  const input = new InputStream(createReader(pipe.source), waits);
  expect(input.blockingRead(5n)).toEqual(encodeText("x"));
  pipe.sink.close();
  expect(() => input.blockingRead(5n)).toThrow(expect.objectContaining({ tag: "closed" }));
});

test("until() sends what waits before it blocks, each time, and sees what that has brought", () => {
  const pipe = createPipe(9);
  const calls: string[] = [];
  let marks = 0;
  const waits = createBlockingWaits(
    { mark: () => ++marks, block: () => void calls.push("block") },
    createTestPowers(),
    () => {
      calls.push("pump");
      if (calls.length === 3) pipe.sink.offer(encodeText("x"));
    },
  );
  const input = new InputStream(createReader(pipe.source), waits);
  expect(input.blockingRead(5n)).toEqual(encodeText("x"));
  expect(calls).toEqual(["pump", "block", "pump"]);
  pipe.sink.offer(encodeText("y"));
  expect(input.blockingRead(5n)).toEqual(encodeText("y"));
  expect(calls).toHaveLength(3);
});

test("blockingWriteAndFlush() blocks whenever the pipe is full", () => {
  const pipe = createPipe(2);
  const read: number[] = [];
  const take = (): void => void read.push(...pipe.source.take(2));
  const { waits } = openBlocking([take, take]);
  const output = new OutputStream(createOutputLine(pipe.sink, false).open(), waits);
  expect(output.blockingWriteAndFlush(Uint8Array.of(1, 2, 3, 4, 5))).toBeUndefined();
  expect([...read, ...pipe.source.take(9)]).toEqual([1, 2, 3, 4, 5]);
});

test("write() blocks where another stream into the same pipe used the room that was permitted", () => {
  const pipe = createPipe(4);
  const read: number[] = [];
  const { waits } = openBlocking([() => void read.push(...pipe.source.take(4))]);
  const [one, two] = [
    new OutputStream(createOutputLine(pipe.sink, false).open(), waits),
    new OutputStream(createOutputLine(pipe.sink, false).open(), waits),
  ];
  expect([one.checkWrite(), two.checkWrite()]).toEqual([4n, 4n]);
  two.write(Uint8Array.of(1, 2, 3));
  one.write(Uint8Array.of(4, 5, 6));
  expect([...read, ...pipe.source.take(9)]).toEqual([1, 2, 3, 4, 5, 6]);
});

test("poll() blocks no longer than until the first clock is due", () => {
  const timeouts: number[] = [];
  const { powers, waits } = openBlocking([
    (timeoutMs) => timeouts.push(timeoutMs),
    (timeoutMs) => {
      timeouts.push(timeoutMs);
      powers.advance(timeoutMs);
    },
  ]);
  const clock = createClocks(powers, waits).monotonic;
  const input = new InputStream(createReader(createPipe(9).source), waits).subscribe();
  const pollables = [
    input,
    clock.subscribeDuration(70_000_000n),
    clock.subscribeDuration(50_000_000n),
  ];
  expect(createPoll(waits)(pollables)).toEqual(Uint32Array.of(2));
  expect(timeouts).toEqual([expect.closeTo(50, 1), expect.closeTo(50, 1)]);
});

test("block() on what nobody makes ready blocks without an end", () => {
  const pipe = createPipe(9);
  const { waits } = openBlocking([
    (timeoutMs) => {
      expect(timeoutMs).toBe(Infinity);
      pipe.sink.close();
    },
  ]);
  const input = new InputStream(createReader(pipe.source), waits);
  expect(input.subscribe().block()).toBeUndefined();
});

test("two outputs of one terminal write what each was permitted without waiting", () => {
  const pipe = createPipe(64);
  const { waits } = openBlocking([]);
  const line = createOutputLine(pipe.sink, true);
  const [one, two, three] = [1, 2, 3].map(() => new OutputStream(line.open(), waits)) as [
    OutputStream,
    OutputStream,
    OutputStream,
  ];
  const permits = [one, two, three].map((output) => Number(output.checkWrite()));
  expect(permits).toEqual([16, 12, 9]);
  three.write(new Uint8Array(9));
  two.write(new Uint8Array(12));
  one.write(new Uint8Array(16));
  expect(pipe.source.take(100)).toHaveLength(37);
});

test("an output waits for no room that another one was permitted", () => {
  const pipe = createPipe(64);
  let taken = 0;
  const { waits } = openBlocking([() => (taken += pipe.source.take(60).length)]);
  const line = createOutputLine(pipe.sink, true);
  const [one, two] = [new OutputStream(line.open(), waits), new OutputStream(line.open(), waits)];
  expect(one.checkWrite()).toBe(16n);
  // More than is left: it blocks once, until the terminal has read some.
  expect(two.blockingWriteAndFlush(new Uint8Array(80))).toBeUndefined();
  expect(taken).toBe(48);
  expect(two.checkWrite()).toBe(4n);
  one.write(new Uint8Array(16));
  expect(pipe.source.take(100)).toHaveLength(48);
});

test("an output that is dropped gives up what it was permitted", () => {
  const pipe = createPipe(8);
  const { waits } = openBlocking([]);
  const line = createOutputLine(pipe.sink, false);
  const one = new OutputStream(line.open(), waits);
  expect(one.checkWrite()).toBe(8n);
  const two = new OutputStream(line.open(), waits);
  expect([two.checkWrite(), two.subscribe().ready()]).toEqual([0n, false]);
  one[Symbol.dispose]();
  expect([two.checkWrite(), two.subscribe().ready()]).toEqual([8n, true]);
});
