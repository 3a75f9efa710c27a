import { expect, test } from "vitest";
import { testDuplex } from "./duplex.conformance.ts";
import { readAll } from "./duplex.ts";
import type { Duplex } from "./duplex.ts";
import { allocateSharedDuplexes, openSharedDuplexes } from "./shared-duplex.ts";

const monotonicMs = (): number => performance.now();

function openPair(windowBytes = 1024, gone?: AbortSignal): [Duplex, Duplex] {
  const memory = allocateSharedDuplexes([[windowBytes, windowBytes]]);
  const [near] = openSharedDuplexes(memory, "near", { gone, monotonicMs }).duplexes;
  const [far] = openSharedDuplexes(memory, "far", { monotonicMs }).duplexes;
  return [near as Duplex, far as Duplex];
}

testDuplex("openSharedDuplexes()", openPair);

test("lend() takes bytes into memory that the next call uses again", async () => {
  const [near, far] = openPair(16);
  const all: number[] = [];
  const memories = new Set<ArrayBufferLike>();
  for (let at = 0; at < 5; at++) {
    // Seven bytes at a time cross the ring's end.
    await near.sink.write(Uint8Array.from({ length: 7 }, (_, i) => at * 7 + i));
    const lent = far.source.lend?.(7) ?? new Uint8Array(0);
    memories.add(lent.buffer);
    all.push(...lent);
  }
  expect(all).toEqual(Array.from({ length: 35 }, (_, i) => i));
  expect(memories.size).toBe(1);
  expect(far.source.lend?.(7)).toHaveLength(0);
  expect(() => far.source.lend?.(0)).toThrow(RangeError);
  near.sink[Symbol.dispose]();
  expect(() => far.source.lend?.(7)).toThrow("Stream was cut before its end");
});

test("openSharedDuplexes() ends where it stands when the far thread is gone", async () => {
  const gone = new AbortController();
  const [near, far] = openPair(1024, gone.signal);
  await far.sink.write(Uint8Array.of(1, 2, 3));
  const waiting = near.sink.write(new Uint8Array(10_000));
  gone.abort();
  await expect(waiting).rejects.toMatchObject({ kind: "disconnected" });
  expect(near.sink.closed).toBe(true);
  expect(await near.source.read(10)).toEqual(Uint8Array.of(1, 2, 3));
  expect(await near.source.read(10)).toBeUndefined();
});

test("several duplexes share the memory, and keep their bytes apart", async () => {
  const memory = allocateSharedDuplexes([
    [16, 32],
    [1024, 16],
  ]);
  const near = openSharedDuplexes(memory, "near", { monotonicMs }).duplexes;
  const far = openSharedDuplexes(memory, "far", { monotonicMs }).duplexes;
  for (const [at, duplex] of near.entries()) {
    await duplex.sink.write(new Uint8Array(16).fill(at + 1));
    duplex.sink.close();
  }
  for (const [at, duplex] of far.entries()) {
    expect(await readAll(duplex.source, 100)).toEqual(new Uint8Array(16).fill(at + 1));
  }
});

test("allocateSharedDuplexes() wants powers of two", () => {
  expect(() => allocateSharedDuplexes([[100, 64]])).toThrow(RangeError);
  expect(() => allocateSharedDuplexes([[8, 64]])).toThrow(RangeError);
});

test("a writer that lies about its count harms its own stream only", async () => {
  const memory = allocateSharedDuplexes([
    [64, 64],
    [64, 64],
  ]);
  const [lying, honest] = openSharedDuplexes(memory, "near", { monotonicMs }).duplexes as [
    Duplex,
    Duplex,
  ];
  const far = openSharedDuplexes(memory, "far", { monotonicMs }).duplexes as [Duplex, Duplex];
  // The first ring's header follows the bells: the number of bytes that the near side claims to have written.
  new Int32Array(memory.buffer)[4] = 1_000_000;
  await expect(far[0].source.read(10)).rejects.toThrow("more than the window");
  await honest.sink.write(Uint8Array.of(7));
  expect(await far[1].source.read(10)).toEqual(Uint8Array.of(7));
  lying[Symbol.dispose]();
});
