/**
 * Calling the host: numbers over, bytes back.
 *
 * The driver (toolchain/driver.wat) gives one native function per import. Arguments that are lists lie in the scratch
 * buffer; what an import returns by address lies there too; lists that the host makes lie in the arena, until the next call.
 */
import {
  HOST_IMPORTS,
  SANDBOX_IMPORTS,
  type HostFunction,
  type SandboxFunction,
} from "./host-imports.ts";

/** The most bytes that one call moves, either way. */
export const CHUNK_BYTES: number = 64 * 1024;

/** How many natives of the driver come after the imports. */
const OWN_NATIVES = 5;

/** Room for the largest result by address, before the arguments. */
const RESULT_BYTES = 128;

type Calls = Readonly<Record<HostFunction, (...args: number[]) => number>>;

export interface Host {
  /** The imports by name: handles, addresses and lengths in, one number out. */
  readonly call: Calls;
  /** Tells the node that a first process of the later generation has started; nothing for other programs. */
  readonly ready: () => void;
  /** The address to give as an import's last parameter, where its result then is. */
  readonly resultAt: number;
  /** The unsigned numbers at an offset of the result. */
  u8(offset: number): number;
  u32(offset: number): number;
  u64(offset: number): number;
  /** Copies bytes to where imports read lists; gives their address. At most `CHUNK_BYTES`, with those before an offset. */
  lend(bytes: Uint8Array, offset?: number): number;
  /** A copy of the bytes that the last call left at the address. Once for each address. */
  bytesAt(address: number, length: number): Uint8Array;
}

type Native = (...args: unknown[]) => unknown;

/** What the driver puts on the global object; gone once it was taken. */
export function takeNatives(): readonly Native[] {
  const holder = globalThis as unknown as { host?: readonly Native[] };
  const natives = holder.host;
  if (natives === undefined) throw new TypeError("Guest was not started by the engine's driver");
  return natives;
}

/** The natives after the imports, in the order of `toolchain/engine.ts`. */
export interface EngineNatives {
  takeArena(buffer: ArrayBuffer): number;
  takeBytes(address: number, length: number): ArrayBuffer;
  encode(text: string): ArrayBuffer;
  decode(buffer: ArrayBufferLike, offset: number, length: number): string;
  /** The value of a part of the program that was not evaluated at its start. */
  loadPart(offset: number, length: number): unknown;
}

export function toEngineNatives(natives: readonly Native[]): EngineNatives {
  // The last ones: a guest of the later generation has one import more before them.
  const [takeArena, takeBytes, encode, decode, loadPart] = natives.slice(-OWN_NATIVES);
  return { takeArena, takeBytes, encode, decode, loadPart } as EngineNatives;
}

export function createHost(natives: readonly Native[]): Host {
  const engine = toEngineNatives(natives);
  const call = Object.fromEntries(
    Object.keys(HOST_IMPORTS).map((name, index) => [name, natives[index]]),
  ) as Calls;

  // The last buffer taken is the arena; the first one's address is all that is wanted.
  const scratch = new Uint8Array(RESULT_BYTES + CHUNK_BYTES);
  const scratchAt = engine.takeArena(scratch.buffer);
  const arena = new Uint8Array(CHUNK_BYTES);
  const arenaAt = engine.takeArena(arena.buffer);
  const result = new DataView(scratch.buffer, 0, RESULT_BYTES);

  const count = Object.keys(HOST_IMPORTS).length;
  const kernelReady = natives.length === count + 1 + OWN_NATIVES ? natives[count] : undefined;
  return {
    call,
    ready: () => void kernelReady?.(scratchAt),
    resultAt: scratchAt,
    u8: (offset) => result.getUint8(offset),
    u32: (offset) => result.getUint32(offset, true),
    u64: (offset) => result.getUint32(offset + 4, true) * 2 ** 32 + result.getUint32(offset, true),
    lend(bytes, offset = 0) {
      scratch.set(bytes, RESULT_BYTES + offset);
      return scratchAt + RESULT_BYTES + offset;
    },
    bytesAt(address, length) {
      if (length === 0) return new Uint8Array(0);
      const offset = address - arenaAt;
      const inside = offset >= 0 && offset + length <= arena.length;
      return inside
        ? arena.slice(offset, offset + length)
        : new Uint8Array(engine.takeBytes(address, length));
    },
  };
}

/** The imports of a sandbox's guest by name; undefined if the program is another. */
export function toSandboxCalls(
  natives: readonly Native[],
): Readonly<Record<SandboxFunction, (...args: number[]) => number>> | undefined {
  const from = Object.keys(HOST_IMPORTS).length;
  const names = Object.keys(SANDBOX_IMPORTS);
  if (natives.length !== from + names.length + OWN_NATIVES) return undefined;
  return Object.fromEntries(names.map((name, index) => [name, natives[from + index]])) as never;
}
