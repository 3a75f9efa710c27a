/**
 * The room of a sink, shared by the streams that write to it: both outputs of a terminal are one sink.
 *
 * Bytes that `check-write` permits to a stream are reserved for it until it writes or asks again, so its `write` never waits
 * and never traps. No stream gets all of the room: holding such a permit, it would block the others for ever.
 */
import type { ByteSink, Waiting } from "#base";

/** One stream's share. */
export interface OutputShare extends Disposable {
  readonly sink: ByteSink;
  /** Reserves part of the room, replacing the earlier permit; returns its number of bytes. */
  permit(): number;
  /** Number of bytes left of the permit. */
  readonly permittedBytes: number;
  /** Takes bytes off the permit: they were written, or are given up. */
  use(bytes: number): void;
  /** Whether `permit` would return more than 0. */
  readonly hasRoom: boolean;
  /** How many of these bytes can be written without a permit; may exceed the sink's room if no stream has a permit. */
  freeBytes(wantedBytes: number): number;
  /** Resolves when `hasRoom`, or when the sink is closed. */
  ready(options?: Waiting): Promise<void>;
}

export interface OutputLine {
  open(): OutputShare;
}

/**
 * Each permit is at most this fraction of what is free. Four streams then hold two thirds of a pipe, and a pipe tells its
 * writer of room when half of it is free: three streams never wait for each other.
 */
const SHARES = 4;

/** @param isShared whether more streams will be opened; otherwise the first gets all the room while it is alone */
export function createOutputLine(sink: ByteSink, isShared: boolean): OutputLine {
  let permittedBytes = 0;
  let streams = 0;
  return {
    open() {
      let own = 0;
      let isOpen = true;
      streams++;
      const give = (bytes: number): void => {
        own -= bytes;
        permittedBytes -= bytes;
      };
      const share: OutputShare = {
        sink,
        permit() {
          give(own);
          const free = Math.max(0, sink.room - permittedBytes);
          own =
            isShared || streams > 1 ? Math.min(free, Math.max(1, Math.floor(free / SHARES))) : free;
          permittedBytes += own;
          return own;
        },
        get permittedBytes() {
          return own;
        },
        use: give,
        get hasRoom() {
          return sink.hasRoom(permittedBytes - own + 1);
        },
        freeBytes: (wantedBytes) =>
          permittedBytes === 0
            ? wantedBytes
            : Math.min(wantedBytes, Math.max(0, sink.room - permittedBytes)),
        ready: (options) => sink.ready({ ...options, roomBytes: permittedBytes - own + 1 }),
        [Symbol.dispose]() {
          if (!isOpen) return;
          isOpen = false;
          give(own);
          streams--;
        },
      };
      return share;
    },
  };
}
