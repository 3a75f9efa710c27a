/**
 * What belongs to WASI 0.3, refused by name: asynchronous functions, streams, futures, threads.
 *
 * Whoever supports one of these takes its line from here and gives it a definition of its own.
 *
 * @see Binary.md "Canonical Definitions", "Type Definitions"
 */
import { damaged, refuse } from "./cursor.ts";

const TYPES: ReadonlyMap<number, string> = new Map([
  [0x43, "async func"],
  [0x63, "map"],
  [0x64, "error-context"],
  [0x65, "future"],
  [0x66, "stream"],
]);

const CANONS: ReadonlyMap<number, string> = new Map([
  [0x05, "task.cancel"],
  [0x06, "subtask.cancel"],
  [0x09, "task.return"],
  [0x0a, "context.get"],
  [0x0b, "context.set"],
  [0x0c, "thread.yield"],
  [0x0d, "subtask.drop"],
  [0x0e, "stream.new"],
  [0x0f, "stream.read"],
  [0x10, "stream.write"],
  [0x11, "stream.cancel-read"],
  [0x12, "stream.cancel-write"],
  [0x13, "stream.drop-readable"],
  [0x14, "stream.drop-writable"],
  [0x15, "future.new"],
  [0x16, "future.read"],
  [0x17, "future.write"],
  [0x18, "future.cancel-read"],
  [0x19, "future.cancel-write"],
  [0x1a, "future.drop-readable"],
  [0x1b, "future.drop-writable"],
  [0x1c, "error-context.new"],
  [0x1d, "error-context.debug-message"],
  [0x1e, "error-context.drop"],
  [0x1f, "waitable-set.new"],
  [0x20, "waitable-set.wait"],
  [0x21, "waitable-set.poll"],
  [0x22, "waitable-set.drop"],
  [0x23, "waitable.join"],
  [0x24, "backpressure.inc"],
  [0x25, "backpressure.dec"],
  [0x26, "thread.index"],
  [0x27, "thread.new-indirect"],
  [0x28, "thread.resume-later"],
  [0x29, "thread.suspend"],
  [0x2a, "thread.suspend-then-resume"],
  [0x2b, "thread.yield-then-resume"],
  [0x2c, "thread.suspend-then-promote"],
  [0x2d, "thread.yield-then-promote"],
  [0x40, "thread.spawn-ref"],
  [0x41, "thread.spawn-indirect"],
  [0x42, "thread.available-parallelism"],
]);

/** Refuses a type that WASI 0.2 does not have. */
export function refuseType(opcode: number): never {
  return refuseFuture(TYPES.get(opcode));
}

/** Refuses a canonical function that WASI 0.2 does not have. */
export function refuseCanon(opcode: number): never {
  return refuseFuture(CANONS.get(opcode));
}

/** Refuses what has a name; without one, the binary is damaged. */
export function refuseFuture(name: string | undefined): never {
  if (name === undefined) return damaged();
  return refuse(`it uses "${name}", which belongs to WASI 0.3; build it for WASI 0.2`);
}
