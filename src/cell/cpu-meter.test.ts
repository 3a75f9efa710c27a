import { expect, test, vi } from "vitest";
import { createCpuMeter, isForInput, METER_BYTES, watchCpu } from "./cpu-meter.ts";

/** A guest and its host with a clock that the test advances. */
function openMeter(limitSeconds: number, isShared: boolean, chargedMs = 0) {
  let now = 0;
  const words = new Int32Array(METER_BYTES / 4);
  const meter = createCpuMeter(words, () => now);
  meter.resume();
  const asked: Array<() => void> = [];
  const reasons: string[] = [];
  const stop = new AbortController();
  vi.useFakeTimers();
  const watched = watchCpu({
    limitSeconds,
    shared: isShared ? words : undefined,
    read: () =>
      isShared
        ? words
        : new Promise((resolve) => {
            asked.push(() => resolve(words.slice()));
          }),
    chargedMs: () => chargedMs,
    exceeded: (reason) => reasons.push(reason),
    monotonicMs: () => now,
    signal: stop.signal,
  });
  return {
    words,
    watched,
    meter,
    reasons,
    stop,
    /** Advances the clock; a waiting guest lets the worker answer. */
    async pass(ms: number, isWaiting: boolean): Promise<void> {
      for (let left = ms; left > 0; left -= 50) {
        now += 50;
        vi.advanceTimersByTime(50);
        if (!isWaiting) continue;
        for (const answer of asked.splice(0)) answer();
        await Promise.resolve();
        await Promise.resolve();
      }
    },
    [Symbol.dispose]() {
      stop.abort();
      vi.useRealTimers();
    },
  };
}

test.for([
  ["shared", true],
  ["asked for", false],
] as const)("watchCpu() ends a guest that never waits: words %s", async ([, isShared]) => {
  using bench = openMeter(2, isShared);
  await bench.pass(1500, false);
  expect(bench.reasons).toEqual([]);
  await bench.pass(1000, false);
  expect(bench.reasons).toEqual(["It used the 2 s of processor time that it may have"]);
});

test.for([
  ["shared", true],
  ["asked for", false],
] as const)("watchCpu() counts bursts, and no waiting: words %s", async ([, isShared]) => {
  using bench = openMeter(2, isShared);
  for (let burst = 0; burst < 6; burst++) {
    await bench.pass(300, false);
    bench.meter.pause(false);
    await bench.pass(5000, true);
    bench.meter.resume();
  }
  expect(bench.reasons).toEqual([]);
  expect(bench.watched.busyMs).toBe(1800);
  await bench.pass(600, false);
  expect(bench.reasons).toHaveLength(1);
});

test.for([
  ["runs", false],
  ["waits", true],
] as const)("watchCpu() counts nothing after a guest's end that %s", async ([, isWaiting]) => {
  using bench = openMeter(2, true);
  await bench.pass(500, false);
  if (isWaiting) bench.meter.pause(false);
  bench.meter.end();
  // The worker pauses and resumes the meter while it answers questions about the files.
  for (let question = 0; question < 3; question++) {
    bench.meter.pause(false);
    await bench.pass(1500, false);
    bench.meter.resume();
    await bench.pass(1500, false);
  }
  expect(bench.reasons).toEqual([]);
  expect([...bench.words]).toEqual([500, 2, 0]);
});

test("watchCpu() counts what others were busy for it", async () => {
  using bench = openMeter(2, true, 1500);
  await bench.pass(400, false);
  expect(bench.reasons).toEqual([]);
  await bench.pass(200, false);
  expect(bench.reasons).toHaveLength(1);
});

test("watchCpu() stops at its signal", async () => {
  using bench = openMeter(1, true);
  bench.stop.abort();
  await bench.pass(5000, false);
  expect(bench.reasons).toEqual([]);
});

test("isForInput() tells whether a guest waits for its input", () => {
  using bench = openMeter(2, true);
  const { meter, words } = bench;
  expect(isForInput(words)).toBe(false);
  meter.pause(true);
  expect(isForInput(words)).toBe(true);
  meter.resume();
  expect(isForInput(words)).toBe(false);
  meter.pause(false);
  expect(isForInput(words)).toBe(false);
  meter.resume();
  meter.pause(true);
  meter.resume();
  meter.end();
  expect(isForInput(words)).toBe(false);
  // A hostile worker answers with anything.
  expect(isForInput(new Int32Array(0))).toBe(false);
});
