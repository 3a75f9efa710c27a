/**
 * What belongs to WASI 0.3, refused by name: asynchronous functions, streams, futures, threads.
 *
 * Whoever supports one of these takes its line from here and gives it a definition of its own.
 *
 * @see Binary.md "Canonical Definitions", "Type Definitions"
 */
import { damaged, refuse } from "./cursor.ts";

/** Names of opcodes from the first on, with what stands before each. */
type Named = readonly [first: number, names: string, before?: string];

const TYPES: readonly Named[] = [
  [0x43, "async func"],
  [0x63, "map,error-context,future,stream"],
];

const TRANSFERS = "new,read,write,cancel-read,cancel-write,drop-readable,drop-writable";
const CANONS: readonly Named[] = [
  [0x05, "task.cancel,subtask.cancel"],
  [0x09, "task.return,context.get,context.set,thread.yield,subtask.drop"],
  [0x0e, TRANSFERS, "stream."],
  [0x15, TRANSFERS, "future."],
  [0x1c, "new,debug-message,drop", "error-context."],
  [0x1f, "new,wait,poll,drop", "waitable-set."],
  [0x23, "waitable.join,backpressure.inc,backpressure.dec"],
  [0x26, "index,new-indirect,resume-later,suspend,suspend-then-resume", "thread."],
  [0x2b, "yield-then-resume,suspend-then-promote,yield-then-promote", "thread."],
  [0x40, "spawn-ref,spawn-indirect,available-parallelism", "thread."],
];

/** Refuses a type that WASI 0.2 does not have. */
export function refuseType(opcode: number): never {
  return refuseOpcode(opcode, TYPES);
}

/** Refuses a canonical function that WASI 0.2 does not have. */
export function refuseCanon(opcode: number): never {
  return refuseOpcode(opcode, CANONS);
}

/** What has no name is damage. */
function refuseOpcode(opcode: number, all: readonly Named[]): never {
  for (const [first, names, before = ""] of all) {
    const name = names.split(",")[opcode - first];
    if (name !== undefined) refuseFuture(before + name);
  }
  return damaged();
}

export function refuseFuture(name: string): never {
  return refuse(`it uses "${name}", which belongs to WASI 0.3; build it for WASI 0.2`);
}
