/** Bytes that a host function reads directly in the component's memory. */
import { expect, test } from "vitest";
import { funcOf, link, ROOM } from "./link.testing.ts";

/** Calls both methods of one resource with this many bytes from the start of its memory. */
const TEXT = `(component
  (import "host:sinks/sinks" (instance $sinks
    (export "sink" (type $sink (sub resource)))
    (export "[constructor]sink" (func (result (own $sink))))
    (export "[method]sink.peek" (func (param "self" (borrow $sink)) (param "bytes" (list u8))))
    (export "[method]sink.keep" (func (param "self" (borrow $sink)) (param "bytes" (list u8))))))
  ${ROOM}
  (core func $new (canon lower (func $sinks "[constructor]sink")))
  (core func $peek (canon lower (func $sinks "[method]sink.peek") (memory $memory)))
  (core func $keep (canon lower (func $sinks "[method]sink.keep") (memory $memory)))
  (core module $code
    (import "all" "memory" (memory 2))
    (import "all" "new" (func $new (result i32)))
    (import "all" "peek" (func $peek (param i32 i32 i32)))
    (import "all" "keep" (func $keep (param i32 i32 i32)))
    (func (export "run") (param $bytes i32)
      (local $sink i32)
      (local.set $sink (call $new))
      (i32.store8 (i32.const 0) (i32.const 7))
      (call $peek (local.get $sink) (i32.const 0) (local.get $bytes))
      (call $keep (local.get $sink) (i32.const 0) (local.get $bytes))
      (i32.store8 (i32.const 0) (i32.const 8))))
  (core instance $main (instantiate $code (with "all" (instance
    (export "memory" (memory $memory)) (export "new" (func $new))
    (export "peek" (func $peek)) (export "keep" (func $keep))))))
  (func (export "run") (param "bytes" u32) (canon lift (core func $main "run"))))`;

const MEMORY_BYTES = 2 * 65_536;

async function openRun(seen: Uint8Array[]): Promise<(bytes: number) => unknown> {
  class Sink {
    static readonly takesLent: readonly string[] = ["peek"];
    peek(bytes: Uint8Array): void {
      expect(bytes[0]).toBe(7);
      seen.push(bytes);
    }
    keep(bytes: Uint8Array): void {
      seen.push(bytes);
    }
  }
  return funcOf(await link(TEXT, { "host:sinks/sinks": { Sink } }), "run");
}

test("lowerHostFunc() lends bytes to methods that say that they do not keep them, and to no others", async () => {
  const seen: Uint8Array[] = [];
  (await openRun(seen))(10);
  const [peeked, kept] = seen;
  expect([peeked?.length, kept?.length]).toEqual([10, 10]);
  // The memory was written to after the calls, and the lent array shows it, since it is a view.
  expect([peeked?.[0], kept?.[0]]).toEqual([8, 7]);
  expect([peeked?.buffer.byteLength, kept?.buffer.byteLength]).toEqual([MEMORY_BYTES, 10]);
});

test("lowerHostFunc() lends no array that would be taken for one that can be moved", async () => {
  const seen: Uint8Array[] = [];
  (await openRun(seen))(MEMORY_BYTES);
  expect(seen[0]?.[0]).toBe(7);
});

test("lowerHostFunc() lends nothing from beyond the memory", async () => {
  const seen: Uint8Array[] = [];
  const run = await openRun(seen);
  expect(() => run(MEMORY_BYTES + 1)).toThrow("out of bounds of memory");
  expect(seen).toEqual([]);
});
