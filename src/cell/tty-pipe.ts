/**
 * Messages between a cell and its host about the cell's terminal, over a duplex: events of five bytes to the cell, and modes
 * of one byte to the host. An event is a type, then columns and rows as big-endian uint16.
 */
import type { Duplex, TerminalSize } from "#base";
import type { TtyEvent, TtyMode, TtyPower } from "#wasi";

/** The host's side. */
export interface TtyHost {
  resize(size: TerminalSize): void;
  /** Notifies the program of an interrupt; `false` when the program has not subscribed to events. */
  interrupt(): boolean;
}

const RESIZED = 1;
const INTERRUPTED = 2;
const EVENT_BYTES = 5;
/** Room in the pipe of events. Events that find no room are coalesced, and sent once the cell reads. */
export const TTY_BYTES = 256;
const MODES: readonly TtyMode[] = ["cooked", "raw"];
/** Sent in place of a mode when the program subscribes to events. */
const LISTENS = MODES.length;

/** Opens the host's side. @param onMode called with each mode that the cell sets */
export function openTtyHost(
  { source, sink }: Duplex,
  onMode: (mode: TtyMode) => void,
  gone: AbortSignal,
): TtyHost {
  let isListening = false;
  /** Unsent events: the latest size, and whether there was an interrupt. */
  let size: TerminalSize | undefined;
  let isInterrupted = false;
  let isWaiting = false;
  const flush = (): void => {
    for (;;) {
      const next = isInterrupted ? NO_SIZE : size;
      if (next === undefined || sink.closed) return;
      if (sink.room < EVENT_BYTES) return void flushLater(); // never rejects
      sink.offer(encodeEvent(isInterrupted ? INTERRUPTED : RESIZED, next));
      if (isInterrupted) isInterrupted = false;
      else size = undefined;
    }
  };
  const flushLater = async (): Promise<void> => {
    if (isWaiting) return;
    isWaiting = true;
    try {
      await sink.ready({ roomBytes: EVENT_BYTES, signal: gone });
    } catch {
      return; // The cell is gone.
    } finally {
      isWaiting = false;
    }
    flush();
  };
  const take = (byte: number): void => {
    const mode = MODES[byte];
    if (byte === LISTENS) isListening = true;
    else if (mode !== undefined) onMode(mode);
  };
  void readBytes(source, take, gone);
  return {
    resize(next) {
      size = next;
      flush();
    },
    interrupt() {
      isInterrupted = isListening;
      flush();
      return isListening;
    },
  };
}

const NO_SIZE: TerminalSize = { columns: 0, rows: 0 };

function encodeEvent(type: number, { columns, rows }: TerminalSize): Uint8Array {
  const event = new DataView(new ArrayBuffer(EVENT_BYTES));
  event.setUint8(0, type);
  event.setUint16(1, columns);
  event.setUint16(3, rows);
  return new Uint8Array(event.buffer);
}

async function readBytes(
  source: Duplex["source"],
  take: (byte: number) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (let bytes; (bytes = await source.read(TTY_BYTES, { signal })) !== undefined;) {
      for (const byte of bytes) take(byte);
    }
  } catch {
    // The cell is gone.
  }
}

/** Opens the cell's side. @param first size of the terminal when the cell began */
export function openTtyGuest({ source, sink }: Duplex, first: TerminalSize): TtyPower {
  let size = first;
  let half = new Uint8Array(0);
  let isSubscribed = false;
  const events: TtyEvent[] = [];
  const enter = (event: DataView): void => {
    if (event.getUint8(0) === INTERRUPTED) {
      events.push({ tag: "interrupted" });
      return;
    }
    size = { columns: event.getUint16(1), rows: event.getUint16(3) };
    events.push({ tag: "resized", val: size });
  };
  const take = (): void => {
    for (let bytes = source.take(TTY_BYTES); bytes.length > 0; bytes = source.take(TTY_BYTES)) {
      const all = new Uint8Array(half.length + bytes.length);
      all.set(half);
      all.set(bytes, half.length);
      let at = 0;
      for (; at + EVENT_BYTES <= all.length; at += EVENT_BYTES) enter(new DataView(all.buffer, at));
      half = all.slice(at);
    }
  };
  const send = (byte: number): boolean =>
    !sink.closed && sink.room > 0 && sink.offer(Uint8Array.of(byte)) === 1;
  return {
    size() {
      take();
      return size;
    },
    setMode: (mode) => send(MODES.indexOf(mode)),
    subscribe() {
      isSubscribed ||= send(LISTENS);
      return {
        get ready() {
          take();
          return events.length > 0;
        },
        async wait(options) {
          take();
          if (events.length === 0) await source.ready(options);
        },
      };
    },
    nextEvent() {
      take();
      return events.shift();
    },
  };
}
