/**
 * The room of a sink, divided between the streams that write into it: the outputs of one terminal are one sink.
 *
 * What `check-write` permits to a stream is kept for it until it writes or asks again, so its `write` never waits and never
 * traps. No stream is permitted all of the room, or one that holds its permit would block the others for ever.
 */
import type { ByteSink, Waiting } from "#base";

/** One stream's share. */
export interface OutputShare extends Disposable {
  readonly sink: ByteSink;
  /** Permits some of the room in place of what was permitted before, and gives how many bytes that is. */
  permit(): number;
  /** How many bytes of the permit are left. */
  readonly permittedBytes: number;
  /** What was permitted is not needed any more: these bytes were written, or all of it is given up. */
  use(bytes: number): void;
  /** Whether `permit` would give some. */
  readonly hasRoom: boolean;
  /** How many of so many bytes can be written without a permit; more than the sink takes where no other stream has one. */
  freeBytes(wantedBytes: number): number;
  /** Resolves when `hasRoom`, or when the sink is closed. */
  ready(options?: Waiting): Promise<void>;
}

export interface OutputLine {
  open(): OutputShare;
}

/**
 * What one stream may hold of what is free. Four streams hold two thirds of a pipe then, and a pipe tells its writer of room
 * when half of it is free: three streams never wait for each other.
 */
const SHARES = 4;

/** @param isShared whether streams will come besides the first, which is permitted all the room else while it is alone */
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
