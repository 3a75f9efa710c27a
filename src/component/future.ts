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

/** Of streams and of futures, one after the other. */
const TRANSFERS = "new read write cancel-read cancel-write drop-readable drop-writable".split(" ");
const CANONS: ReadonlyMap<number, string> = new Map([
  ...name(0x05, ["task.cancel", "subtask.cancel"]),
  ...name(0x09, ["task.return", "context.get", "context.set", "thread.yield", "subtask.drop"]),
  ...name(0x0e, TRANSFERS, "stream."),
  ...name(0x15, TRANSFERS, "future."),
  ...name(0x1c, ["new", "debug-message", "drop"], "error-context."),
  ...name(0x1f, ["new", "wait", "poll", "drop"], "waitable-set."),
  ...name(0x23, ["waitable.join", "backpressure.inc", "backpressure.dec"]),
  ...name(0x26, ["index", "new-indirect", "resume-later", "suspend"], "thread."),
  ...name(0x2a, ["suspend-then-resume", "yield-then-resume"], "thread."),
  ...name(0x2c, ["suspend-then-promote", "yield-then-promote"], "thread."),
  ...name(0x40, ["spawn-ref", "spawn-indirect", "available-parallelism"], "thread."),
]);

/** Opcodes from the first on. */
function name(first: number, names: readonly string[], prefix = ""): Array<[number, string]> {
  return names.map((rest, at) => [first + at, prefix + rest]);
}

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
