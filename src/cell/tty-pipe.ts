/**
 * What a cell and its host say to each other about the cell's terminal, over a duplex: events of five bytes to the cell, and
 * modes of one byte to the host.
 */
import type { Duplex, TerminalSize } from "#base";
import type { TtyEvent, TtyMode, TtyPower } from "#wasi";

/** The host's side. */
export interface TtyHost {
  resize(size: TerminalSize): void;
  /** Tells the program that it is interrupted; false when it has not asked to be told. */
  interrupt(): boolean;
}

const RESIZED = 1;
const INTERRUPTED = 2;
const EVENT_BYTES = 5;
/** The pipe of events: a cell that takes none is told the latest of those that find no room once there is some. */
export const TTY_BYTES = 256;
const MODES: readonly TtyMode[] = ["cooked", "raw"];
/** Instead of a mode: from now on the program takes events. */
const LISTENS = MODES.length;

/** @param onMode called with each mode that the cell sets */
export function openTtyHost(
  { source, sink }: Duplex,
  onMode: (mode: TtyMode) => void,
  gone: AbortSignal,
): TtyHost {
  let listens = false;
  /** What the program has yet to be told: the latest size, and that it was interrupted. */
  let size: TerminalSize | undefined;
  let isInterrupted = false;
  let waits = false;
  const tell = (): void => {
    for (;;) {
      const next = isInterrupted ? NO_SIZE : size;
      if (next === undefined || sink.closed) return;
      if (sink.room < EVENT_BYTES) return void tellLater(); // never rejects
      sink.offer(encodeEvent(isInterrupted ? INTERRUPTED : RESIZED, next));
      if (isInterrupted) isInterrupted = false;
      else size = undefined;
    }
  };
  const tellLater = async (): Promise<void> => {
    if (waits) return;
    waits = true;
    try {
      await sink.ready({ roomBytes: EVENT_BYTES, signal: gone });
    } catch {
      return; // The cell is gone.
    } finally {
      waits = false;
    }
    tell();
  };
  const take = (byte: number): void => {
    const mode = MODES[byte];
    if (byte === LISTENS) listens = true;
    else if (mode !== undefined) onMode(mode);
  };
  void readBytes(source, take, gone);
  return {
    resize(next) {
      size = next;
      tell();
    },
    interrupt() {
      isInterrupted = listens;
      tell();
      return listens;
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

/** The cell's side. @param first the size as it was when the cell began */
export function openTtyGuest({ source, sink }: Duplex, first: TerminalSize): TtyPower {
  let size = first;
  let half = new Uint8Array(0);
  let hasAsked = false;
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
  const tell = (byte: number): boolean =>
    !sink.closed && sink.room > 0 && sink.offer(Uint8Array.of(byte)) === 1;
  return {
    size() {
      take();
      return size;
    },
    setMode: (mode) => tell(MODES.indexOf(mode)),
    subscribe() {
      hasAsked ||= tell(LISTENS);
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
