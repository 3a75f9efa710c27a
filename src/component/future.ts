/**
 * Opcodes of WASI 0.3, refused by name: asynchronous functions, streams, futures, threads.
 *
 * To support one, remove its line here and add a definition for it.
 *
 * @see Binary.md "Canonical Definitions", "Type Definitions"
 */
import { damaged, refuse } from "./cursor.ts";

/** The name of a range of opcodes, which ends where the next one begins; a range without a name is unassigned. */
type Named = readonly [first: number, name?: string];

const TYPES: readonly Named[] = [
  [0x43, "async func"],
  [0x44],
  [0x63, "map"],
  [0x64, "error-context"],
  [0x65, "future"],
  [0x66, "stream"],
  [0x67],
];

const CANONS: readonly Named[] = [
  [0x05, "task"],
  [0x0e, "stream"],
  [0x15, "future"],
  [0x1c, "error-context"],
  [0x1f, "waitable"],
  [0x24, "backpressure"],
  [0x26, "thread"],
  [0x43],
];

/** Refuses a type opcode that WASI 0.2 does not have. */
export function refuseType(opcode: number): never {
  return refuseOpcode(opcode, TYPES);
}

/** Refuses a canonical function that WASI 0.2 does not have. */
export function refuseCanon(opcode: number): never {
  return refuseOpcode(opcode, CANONS);
}

/** An unassigned opcode means that the binary is damaged. */
function refuseOpcode(opcode: number, all: readonly Named[]): never {
  const name = all.findLast(([first]) => opcode >= first)?.[1];
  return name === undefined ? damaged() : refuseFuture(name);
}

export function refuseFuture(name: string): never {
  return refuse(`it uses "${name}", which belongs to WASI 0.3; build it for WASI 0.2`);
}
