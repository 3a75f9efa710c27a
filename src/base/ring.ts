/**
 * A lock-free byte ring in shared memory, with one writing thread and one reading thread.
 *
 * Five words precede the bytes: how many bytes were ever written and ever read, modulo 2³², how each side ended, and
 * whether the writer waits for room. Each of the first four has one owner, which trusts only its private copy and checks
 * the other side's words, so a hostile side can garble no bytes but its own. Both sides change the fifth, which only
 * decides whether the reader wakes the writer.
 */

/** Captured at load: a sealed worker has no `Atomics`. */
const { exchange, load, store } = Atomics;

const WRITTEN = 0;
const READ = 1;
const WRITER = 2;
const READER = 3;
/** Set by a writer that found too little room, cleared by a reader that makes room. */
const WANTED = 4;
const WORDS = 8;
export const RING_HEADER_BYTES: number = WORDS * Int32Array.BYTES_PER_ELEMENT;

const OPEN = 0;
const ENDED = 1;
const CUT = 2;

/** The state of the writer: `lied` when its count cannot be true. */
export type WriterState = "open" | "ended" | "cut" | "lied";

export interface RingWriter {
  /** Number of bytes that fit now; if fewer than `wantedBytes`, asks the reader to wake the writer. */
  room(wantedBytes: number): number;
  /** Copies the bytes, which must fit. */
  push(bytes: Uint8Array): void;
  /** Ends the stream; `whole` distinguishes a closed stream from an abandoned one. */
  end(whole: boolean): void;
  /** Whether the reader has cancelled. */
  isUnwanted(): boolean;
}

export interface RingReader {
  /** Number of bytes that can be read. */
  held(): number;
  /** Fills the array, which is no longer than `held`. @returns whether the writer must be woken, since it waits for room */
  pull(target: Uint8Array): boolean;
  /** Must be read before `held`, so that `held` includes the last byte. */
  state(): WriterState;
  /** Cancels: the reader wants no more bytes. */
  leave(): void;
}

/** @param memory a header and a power of two bytes, all zero at first, seen by both sides */
export function createRingWriter(memory: RingMemory): RingWriter {
  const { words, bytes } = memory;
  const capacity = bytes.length;
  let written = 0;
  const room = (): number => Math.max(0, capacity - ((written - load(words, READ)) >>> 0));
  return {
    room(wantedBytes) {
      const now = room();
      if (now >= wantedBytes) return now;
      // The flag is set before the second check: a reader that makes room meanwhile sees the flag, or the check sees the room.
      store(words, WANTED, 1);
      return room();
    },
    push(added) {
      const at = written & (capacity - 1);
      const first = Math.min(added.length, capacity - at);
      bytes.set(first === added.length ? added : added.subarray(0, first), at);
      if (first < added.length) bytes.set(added.subarray(first), 0);
      written = (written + added.length) | 0;
      store(words, WRITTEN, written);
    },
    end(whole) {
      store(words, WRITER, whole ? ENDED : CUT);
    },
    isUnwanted: () => load(words, READER) !== OPEN,
  };
}

/** @param memory the same as the writer's */
export function createRingReader(memory: RingMemory): RingReader {
  const { words, bytes } = memory;
  const capacity = bytes.length;
  let read = 0;
  const held = (): number => (load(words, WRITTEN) - read) >>> 0;
  return {
    held: () => Math.min(held(), capacity),
    pull(target) {
      const { length } = target;
      const at = read & (capacity - 1);
      const first = Math.min(length, capacity - at);
      target.set(bytes.subarray(at, at + first));
      if (first < length) target.set(bytes.subarray(0, length - first), first);
      read = (read + length) | 0;
      store(words, READ, read);
      // Woken for a little room, a writer would cut a large write into ever smaller pieces.
      return held() <= capacity / 2 && exchange(words, WANTED, 0) === 1;
    },
    state() {
      const state = load(words, WRITER);
      if (held() > capacity) return "lied";
      if (state === OPEN) return "open";
      return state === ENDED ? "ended" : "cut";
    },
    leave() {
      store(words, READER, ENDED);
    },
  };
}

export interface RingMemory {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** Views of a ring in the buffer; `offset` is a multiple of four. */
export function viewRing(
  buffer: SharedArrayBuffer,
  offset: number,
  capacityBytes: number,
): RingMemory {
  return {
    words: new Int32Array(buffer, offset, WORDS),
    bytes: new Uint8Array(buffer, offset + RING_HEADER_BYTES, capacityBytes),
  };
}
