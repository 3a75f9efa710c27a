import { createPipe, encodeText } from "#base";
import { expect, test } from "vitest";
import { createClocks } from "./clocks.ts";
import { InputStream } from "./input-stream.ts";
import { OutputStream } from "./output-stream.ts";
import { createPoll } from "./poll.ts";
import { createTestPowers } from "./powers.testing.ts";
import { createReader } from "./reader.ts";
import { createBlockingWaits } from "./waits.ts";

/** A guest whose thread blocks; what the others do meanwhile is done when it does, one thing each time. */
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

test("blockingWriteAndFlush() blocks whenever the pipe is full", () => {
  const pipe = createPipe(2);
  const read: number[] = [];
  const take = (): void => void read.push(...pipe.source.take(2));
  const { waits } = openBlocking([take, take]);
  const output = new OutputStream(pipe.sink, waits);
  expect(output.blockingWriteAndFlush(Uint8Array.of(1, 2, 3, 4, 5))).toBeUndefined();
  expect([...read, ...pipe.source.take(9)]).toEqual([1, 2, 3, 4, 5]);
});

test("write() blocks where another stream into the same pipe used the room that was permitted", () => {
  const pipe = createPipe(4);
  const read: number[] = [];
  const { waits } = openBlocking([() => void read.push(...pipe.source.take(4))]);
  const [one, two] = [new OutputStream(pipe.sink, waits), new OutputStream(pipe.sink, waits)];
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
