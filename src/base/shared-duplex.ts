/**
 * Duplexes in shared memory, for two threads of which one may block.
 *
 * All duplexes between two threads share one buffer and two bells, one for each side: after a change to a ring, a
 * side rings the other side's bell. A blocking side waits at its bell by `block`; a side with an event loop waits by a
 * promise, and only while one of its ends has a waiter. So one wait serves any number of ends.
 */
import { readNext, requireLimit, writeAll } from "./duplex.ts";
import type { ByteSink, ByteSource, Duplex, Waiting } from "./duplex.ts";
import { Exception } from "./exception.ts";
import { createAdaptiveSpin } from "./adaptive-spin.ts";
import { toDuplex, writerGone } from "./pipe.ts";
import { createRingReader, createRingWriter, RING_HEADER_BYTES, viewRing } from "./ring.ts";
import type { RingReader, RingWriter } from "./ring.ts";
import { takeTurn } from "./turns.ts";

/** Captured at load: a sealed worker has no `Atomics`. */
const { add, load, notify, store, wait, waitAsync } = Atomics;

/** A value that both threads open; posting it shares the memory. */
export interface SharedDuplexMemory {
  readonly buffer: SharedArrayBuffer;
  /** Capacity of each duplex, each way. */
  readonly windows: readonly DuplexWindow[];
}

/** Bytes from the near side to the far one, and back; powers of two, 16 at least. */
export type DuplexWindow = readonly [there: number, back: number];

export interface SharedDuplexes {
  /** In the order of the windows. Each must be disposed. */
  readonly duplexes: readonly Duplex[];
  /** The argument of `block`: to be taken before checking whether there is anything to wait for. */
  mark(): number;
  /** Blocks the thread until the other side has rung since the mark, or the time is over. */
  block(mark: number, timeoutMs: number): void;
}

/** Each side's bell: the number of rings, and whether that side sleeps. */
const BELL_WORDS = 2;
const HEADER_WORDS = 2 * BELL_WORDS;
/** How long this thread's event loop may go without a turn when the other side never pauses. */
const TURN_MS = 2;
/** Number of times that a thread that may block polls its bell before it sleeps: about 50 µs, the cost of a wake-up. */
const BLOCKING_POLLS = 8000;
/** The same for a thread that must not block, about 30 µs; promises settle between two polls. */
const LISTENING_POLLS = 500;

/** New memory for as many duplexes as there are windows. */
export function allocateSharedDuplexes(windows: readonly DuplexWindow[]): SharedDuplexMemory {
  const sizes = windows.flat();
  const wrong = sizes.find((size) => size < 16 || (size & (size - 1)) !== 0);
  if (wrong !== undefined) throw new RangeError(`Window is no power of two from 16 on: ${wrong}`);
  const rings = sizes.reduce((sum, size) => sum + RING_HEADER_BYTES + size, 0);
  return { buffer: new SharedArrayBuffer(HEADER_WORDS * 4 + rings), windows };
}

export interface SharedDuplexOptions {
  /** Fires when the far thread has ended without closing: received bytes can still be read, then the streams end. */
  readonly gone?: AbortSignal | undefined;
  readonly monotonicMs: () => number;
}

/** One side's ends of all duplexes; the other thread opens the other side, once. */
export function openSharedDuplexes(
  { buffer, windows }: SharedDuplexMemory,
  side: "near" | "far",
  { gone, monotonicMs }: SharedDuplexOptions,
): SharedDuplexes {
  const bells = new Int32Array(buffer, 0, HEADER_WORDS);
  const mine = side === "near" ? 0 : BELL_WORDS;
  const theirs = BELL_WORDS - mine;
  const waiting = new Set<Waiter>();
  const spin = createAdaptiveSpin();
  let listening = false;

  const ring = (bell: number): void => {
    add(bells, bell, 1);
    // A side that is awake polls its bell before it sleeps.
    if (load(bells, bell + 1) !== 0) notify(bells, bell);
  };
  const wakeReady = (): void => {
    for (const waiter of waiting) if (waiter.isReady()) waiter.wake();
  };
  const listen = async (): Promise<void> => {
    if (listening) return;
    listening = true;
    for (let turnedMs = monotonicMs(); ;) {
      const mark = load(bells, mine);
      wakeReady();
      let isRung = false;
      const polls = spin.polls(LISTENING_POLLS);
      for (let poll = 0; poll < polls && !isRung; poll++) {
        // oxlint-disable-next-line typescript/await-thenable -- the woken waiters run meanwhile
        await undefined;
        isRung = load(bells, mine) !== mark;
      }
      if (polls > 0) spin.record(isRung);
      if (waiting.size === 0) break;
      if (!isRung) {
        store(bells, mine + 1, 1);
        const { async, value } = waitAsync(bells, mine, mark);
        if (async) await value;
        if (async) turnedMs = monotonicMs();
        store(bells, mine + 1, 0);
      } else if (monotonicMs() - turnedMs > TURN_MS) {
        // The other side never pauses; yield to the other tasks of this thread.
        await takeTurn();
        turnedMs = monotonicMs();
      }
    }
    listening = false;
  };
  /** Resolves when the condition holds; only a ring of either bell can change it. */
  const until = (isReady: () => boolean, { signal }: Waiting = {}): Promise<void> => {
    signal?.throwIfAborted();
    if (isReady()) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      waiting.delete(waiter);
      signal?.removeEventListener("abort", abort);
      // The last waiter ends the pending wait by ringing this side's own bell.
      if (waiting.size === 0) ring(mine);
    };
    const abort = (): void => {
      leave();
      reject(signal?.reason);
    };
    const waiter = {
      isReady,
      wake(): void {
        leave();
        resolve();
      },
    };
    waiting.add(waiter);
    signal?.addEventListener("abort", abort, { once: true });
    void listen();
    return promise;
  };

  let offset = HEADER_WORDS * 4;
  const duplexes = windows.map((window) => {
    const [there, back] = window.map((capacityBytes) => {
      const memory = viewRing(buffer, offset, capacityBytes);
      offset += RING_HEADER_BYTES + capacityBytes;
      return memory;
    }) as [ReturnType<typeof viewRing>, ReturnType<typeof viewRing>];
    const [out, into] = side === "near" ? [there, back] : [back, there];
    const line: Line = { until, changed: wakeReady, ring: () => ring(theirs), gone };
    return toDuplex(
      createSource(createRingReader(into), line),
      createSink(createRingWriter(out), line),
    );
  });
  gone?.addEventListener("abort", wakeReady, { once: true });
  return {
    duplexes,
    mark: () => load(bells, mine),
    block(mark, timeoutMs) {
      if (timeoutMs <= 0) return;
      const polls = spin.polls(BLOCKING_POLLS);
      for (let poll = 0; poll < polls; poll++) {
        if (load(bells, mine) !== mark) return spin.record(true);
      }
      if (polls > 0) spin.record(false);
      store(bells, mine + 1, 1);
      wait(bells, mine, mark, timeoutMs);
      store(bells, mine + 1, 0);
    },
  };
}

interface Waiter {
  isReady(): boolean;
  wake(): void;
}

/** What an end needs of the shared memory. */
interface Line {
  readonly until: (isReady: () => boolean, options?: Waiting) => Promise<void>;
  /** Wakes those of this side's own waiters whose condition holds now. */
  readonly changed: () => void;
  /** Rings the other side's bell. */
  readonly ring: () => void;
  readonly gone: AbortSignal | undefined;
}

const NONE = new Uint8Array(0);

function createSource(reader: RingReader, { until, changed, ring, gone }: Line): ByteSource {
  let disposed = false;
  /** Why no more bytes follow, once all were taken; `undefined` while some may follow. */
  const findEnd = (): "ended" | Exception | undefined => {
    if (disposed) return "ended";
    const state = gone?.aborted === true ? "ended" : reader.state();
    if (state === "lied") {
      return new Exception("failed", "Peer sent more than the window of the stream");
    }
    if (state === "open" || reader.held() > 0) return undefined;
    return state === "ended" ? "ended" : writerGone();
  };
  const isReady = (): boolean => reader.held() > 0 || findEnd() !== undefined;
  /** How many bytes can be taken now. */
  const count = (limitBytes: number): number => {
    requireLimit(limitBytes);
    const end = findEnd();
    if (end instanceof Exception) throw end;
    return end === "ended" ? 0 : Math.min(limitBytes, reader.held());
  };
  const fill = (target: Uint8Array): Uint8Array => {
    if (target.length > 0 && reader.pull(target)) ring();
    return target;
  };
  let lent = NONE;
  const source: ByteSource = {
    take: (limitBytes) => fill(new Uint8Array(count(limitBytes))),
    lend(limitBytes) {
      const length = count(limitBytes);
      if (lent.length < length) lent = new Uint8Array(length);
      return fill(lent.subarray(0, length));
    },
    get ended() {
      return findEnd() === "ended";
    },
    ready: async (options) => until(isReady, options),
    read: (limitBytes, options) => readNext(source, limitBytes, options),
    [Symbol.dispose]() {
      if (disposed) return;
      disposed = true;
      reader.leave();
      ring();
      changed();
    },
  };
  return source;
}

function createSink(writer: RingWriter, { until, changed, ring, gone }: Line): ByteSink {
  let ended = false;
  const end = (whole: boolean): void => {
    if (ended) return;
    ended = true;
    writer.end(whole);
    ring();
    changed();
  };
  const sink: ByteSink = {
    copies: true,
    get room() {
      return sink.closed ? 0 : writer.room(1);
    },
    get closed() {
      return ended || gone?.aborted === true || writer.isUnwanted();
    },
    offer(bytes) {
      if (sink.closed) throw new Exception("disconnected", "Stream takes no more bytes");
      const taken = Math.min(writer.room(1), bytes.length);
      if (taken > 0) {
        writer.push(taken === bytes.length ? bytes : bytes.subarray(0, taken));
        ring();
      }
      return taken;
    },
    hasRoom: (bytes) => !sink.closed && writer.room(bytes) >= bytes,
    ready: async ({ roomBytes = 1, signal } = {}) =>
      until(() => sink.hasRoom(roomBytes) || sink.closed, { signal }),
    write: (bytes, options) => writeAll(sink, bytes, options),
    close: () => end(true),
    [Symbol.dispose]: () => end(false),
  };
  return sink;
}
