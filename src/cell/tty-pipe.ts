/**
 * What a cell and its host say to each other about the cell's terminal, over a duplex: events of five bytes to the cell, and
 * modes of one byte to the host.
 */
import type { Duplex, TerminalSize, Waiting } from "#base";

/** In `raw` mode a program gets each key, and shows what it wants to show. */
export type TtyMode = "cooked" | "raw";

export type TtyEvent =
  | { readonly type: "resized"; readonly size: TerminalSize }
  | { readonly type: "interrupted" };

/** The host's side. */
export interface TtyHost {
  resize(size: TerminalSize): void;
  interrupt(): void;
}

/** The cell's side. */
export interface TtyGuest {
  /** As the host has told last. */
  readonly size: TerminalSize;
  setMode(mode: TtyMode): void;
  /** Whether an event waits. */
  readonly ready: boolean;
  /** Resolves when one may wait. */
  wait(options?: Waiting): Promise<void>;
  /** The next event. */
  next(): TtyEvent | undefined;
}

const RESIZED = 1;
const INTERRUPTED = 2;
const EVENT_BYTES = 5;
/** The pipe of events: a cell that takes none loses those that find no room. */
export const TTY_BYTES = 256;
const MODES: readonly TtyMode[] = ["cooked", "raw"];

/** @param onMode called with each mode that the cell sets */
export function openTtyHost(
  { source, sink }: Duplex,
  onMode: (mode: TtyMode) => void,
  gone: AbortSignal,
): TtyHost {
  const send = (type: number, { columns, rows }: TerminalSize): void => {
    if (sink.closed || sink.room < EVENT_BYTES) return;
    const event = new DataView(new ArrayBuffer(EVENT_BYTES));
    event.setUint8(0, type);
    event.setUint16(1, columns);
    event.setUint16(3, rows);
    sink.offer(new Uint8Array(event.buffer));
  };
  void readModes(source, onMode, gone);
  return {
    resize: (size) => send(RESIZED, size),
    interrupt: () => send(INTERRUPTED, { columns: 0, rows: 0 }),
  };
}

async function readModes(
  source: Duplex["source"],
  onMode: (mode: TtyMode) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (let bytes; (bytes = await source.read(TTY_BYTES, { signal })) !== undefined;) {
      const mode = MODES[bytes.at(-1) ?? 0];
      if (mode !== undefined) onMode(mode);
    }
  } catch {
    // The cell is gone.
  }
}

export function openTtyGuest({ source, sink }: Duplex, first: TerminalSize): TtyGuest {
  let size = first;
  let half = new Uint8Array(0);
  const events: TtyEvent[] = [];
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
  const enter = (event: DataView): void => {
    if (event.getUint8(0) === INTERRUPTED) {
      events.push({ type: "interrupted" });
      return;
    }
    size = { columns: event.getUint16(1), rows: event.getUint16(3) };
    events.push({ type: "resized", size });
  };
  const guest: TtyGuest = {
    get size() {
      take();
      return size;
    },
    setMode(mode) {
      if (!sink.closed && sink.room > 0) sink.offer(Uint8Array.of(MODES.indexOf(mode)));
    },
    get ready() {
      take();
      return events.length > 0;
    },
    async wait(options) {
      if (!guest.ready) await source.ready(options);
    },
    next() {
      take();
      return events.shift();
    },
  };
  return guest;
}
