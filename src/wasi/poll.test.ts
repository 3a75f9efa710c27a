import { createPipe, encodeText } from "#base";
import { expect, test } from "vitest";
import { createClocks } from "./clocks.ts";
import { InputStream } from "./input-stream.ts";
import { createPoll, Pollable } from "./poll.ts";
import { createTestPowers, createTestWaits } from "./powers.testing.ts";
import { createReader } from "./reader.ts";
import { createBlockingWaits, createSuspendingWaits } from "./waits.ts";

test("poll() gives the places of all that are ready, without waiting", async () => {
  const powers = createTestPowers();
  const waits = createSuspendingWaits(powers);
  const poll = createPoll(waits);
  const pipes = [createPipe(9), createPipe(9), createPipe(9)];
  const pollables = pipes.map(({ source }) =>
    new InputStream(createReader(source), waits).subscribe(),
  );
  pipes[0]?.sink.close();
  pipes[2]?.sink.offer(encodeText("x"));
  expect(await poll(pollables)).toEqual(Uint32Array.of(0, 2));
  expect(powers.turns).toBe(0);
});

test("poll() traps on an empty list", async () => {
  const poll = createPoll(createSuspendingWaits(createTestPowers()));
  expect(() => poll([])).toThrow(WebAssembly.RuntimeError);
});

test("poll() waits for the first, and leaves no timer behind", async () => {
  const powers = createTestPowers();
  const waits = createSuspendingWaits(powers);
  const poll = createPoll(waits);
  const pipe = createPipe(9);
  const input = new InputStream(createReader(pipe.source), waits).subscribe();
  const clock = createClocks(powers, waits).monotonic;
  const later = clock.subscribeDuration(50_000_000n);

  const byInput = poll([later, input]);
  await Promise.resolve();
  expect(powers.sleepers).toBe(1);
  pipe.sink.offer(encodeText("x"));
  expect(await byInput).toEqual(Uint32Array.of(1));
  expect(powers.sleepers).toBe(0);

  pipe.source.take(1);
  const other = createPipe(9);
  const byTime = poll([new InputStream(createReader(other.source), waits).subscribe(), later]);
  await Promise.resolve();
  powers.advance(51);
  expect(await byTime).toEqual(Uint32Array.of(1));
  expect(await later.ready()).toBe(true);
});

test("poll() waits again when a timer was early", async () => {
  const powers = createTestPowers();
  const waits = createSuspendingWaits(powers);
  const clock = createClocks(powers, waits).monotonic;
  const blocked = clock.subscribeInstant(clock.now() + 10_000_000_000n).block();
  let done = false;
  void Promise.resolve(blocked).then(() => (done = true));
  powers.advance(9999);
  await Promise.resolve();
  expect(done).toBe(false);
  expect(powers.sleepers).toBe(1);
  powers.advance(2);
  await blocked;
});

test("Pollable.block() gives the event loop its turn when none has passed for a while", async () => {
  const powers = createTestPowers();
  const waits = createSuspendingWaits(powers);
  const pipe = createPipe(9);
  pipe.sink.close();
  const ready = new InputStream(createReader(pipe.source), waits).subscribe();
  await ready.block();
  expect(powers.turns).toBe(0);
  powers.advance(3);
  await ready.block();
  await ready.block();
  expect(powers.turns).toBe(1);
});

test("clocks tell nanoseconds since the start and since 1970", () => {
  const powers = createTestPowers();
  const { monotonic, wall } = createClocks(powers, createSuspendingWaits(powers));
  const before = monotonic.now();
  powers.advance(1.5);
  expect(monotonic.now() - before).toBe(1_500_000n);
  expect(wall.now().seconds).toBe(1_700_000_001n);
  expect(wall.now().nanoseconds).toBeGreaterThan(124_000_000);
  expect(wall.now().nanoseconds).toBeLessThan(126_000_000);
});

test.each([
  ["5 µs", 0.005, 5_000n],
  ["100 µs", 0.1, 100_000n],
  ["less than it tells", 0.0001, 1_000n],
  ["nothing, as it stands still", 0, 1_000_000n],
])("the monotonic clock's resolution is the step of the platform's: %s", (_, stepMs, nanos) => {
  let reads = 0;
  // Once, the thread is descheduled for long.
  const monotonicMs = (): number =>
    1000.3 + stepMs * Math.floor(reads++ / 7) + (reads > 9 ? 3 * stepMs : 0);
  const powers = { ...createTestPowers(), monotonicMs };
  const { monotonic } = createClocks(powers, createTestWaits());
  expect(monotonic.resolution()).toBe(nanos);
  const before = reads;
  expect(monotonic.resolution()).toBe(nanos);
  expect(reads).toBe(before);
});

test("poll() takes every waiter back, however often it is called", async () => {
  const waits = createSuspendingWaits(createTestPowers());
  const poll = createPoll(waits);
  const waiting = new Set<object>();
  let ready = false;
  const never = new Pollable(
    {
      ready: false,
      wait: ({ signal } = {}) =>
        new Promise((_resolve, reject) => {
          const waiter = {};
          waiting.add(waiter);
          signal?.addEventListener("abort", () => {
            waiting.delete(waiter);
            reject(signal.reason);
          });
        }),
    },
    waits,
  );
  const soon = new Pollable(
    {
      get ready() {
        return ready;
      },
      async wait() {
        ready = true;
      },
    },
    waits,
  );
  for (let count = 0; count < 1000; count++) {
    ready = false;
    expect(await poll([never, soon])).toEqual(Uint32Array.of(1));
  }
  expect(waiting.size).toBe(0);
});

test.each(["suspending", "blocking"])(
  "poll() by %s waits once for a pollable that is named a million times",
  async (kind) => {
    const powers = createTestPowers();
    let waits = createSuspendingWaits(powers);
    const thread = { mark: () => 0, block: (_: number, ms: number) => powers.advance(ms) };
    if (kind === "blocking") waits = createBlockingWaits(thread, powers);
    const later = createClocks(powers, waits).monotonic.subscribeDuration(1_000_000n);
    const polled = createPoll(waits)(Array.from({ length: 1_000_000 }, () => later));
    if (kind === "suspending") expect(powers.sleepers).toBe(1);
    powers.advance(2);
    const ready = await polled;
    expect([ready.length, ready.at(-1)]).toEqual([1_000_000, 999_999]);
  },
);
