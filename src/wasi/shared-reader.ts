/** The reader of a file that others may change: reads ahead, and asks the host again after it has found the end. */
import { createNotice } from "#base";
import type { Eventually } from "#base";
import type { Reader } from "./reader.ts";
import { closed, IoError, refuse } from "./trap.ts";

/** The first piece; each further one is twice as long. */
const FIRST_BYTES = 4 * 1024;
const PIECE_BYTES = 64 * 1024;
const NONE = new Uint8Array(0);

export interface SharedReaderPowers {
  /** Bytes from an offset on, and whether the file ends there; refuses with an error code. */
  read(length: bigint, offset: bigint): Eventually<[Uint8Array, boolean]>;
  /** Increases when the guest has changed a file: bytes that were read ahead are read again then. */
  readonly version: number;
  /** Where reading begins. */
  readonly offset: bigint;
}

export function createSharedReader(powers: SharedReaderPowers): Reader {
  const notice = createNotice();
  /** Where the next piece begins. */
  let position = powers.offset;
  let pieceVersion = 0;
  let piece: Uint8Array = NONE;
  let aheadBytes = FIRST_BYTES;
  let state: "idle" | "asking" | "ended" | "closed" = "idle";
  let failure: string | undefined;

  const arrive = ([bytes]: [Uint8Array, boolean]): void => {
    if (state === "closed") return;
    piece = bytes;
    position += BigInt(bytes.length);
    // The file may grow, so this is the end only for the read that has found it.
    state = bytes.length === 0 ? "ended" : "idle";
  };
  const miss = (reason: unknown): void => {
    // An error that is not a code ends the guest where it is thrown.
    failure = typeof reason === "string" ? reason : "io";
    state = "closed";
  };
  const fill = (): void => {
    if (piece.length > 0 && pieceVersion !== powers.version) {
      position -= BigInt(piece.length);
      piece = NONE;
    }
    if (piece.length > 0 || state !== "idle") return;
    const length = BigInt(aheadBytes);
    aheadBytes = Math.min(aheadBytes * 2, PIECE_BYTES);
    try {
      pieceVersion = powers.version;
      const answer = powers.read(length, position);
      if (!(answer instanceof Promise)) return arrive(answer);
      state = "asking";
      void answer.then(arrive, miss).then(() => notice.notify());
    } catch (reason) {
      miss(reason);
    }
  };
  return {
    get ready() {
      fill();
      return piece.length > 0 || state !== "asking";
    },
    async wait(options) {
      options?.signal?.throwIfAborted();
      fill();
      if (piece.length === 0 && state === "asking") await notice.wait(options);
    },
    take(limitBytes) {
      if (limitBytes === 0) return NONE;
      fill();
      const bytes = piece.subarray(0, limitBytes);
      piece = piece.subarray(bytes.length);
      if (bytes.length > 0 || state === "asking") return bytes;
      if (failure !== undefined) {
        const code = failure;
        failure = undefined;
        return refuse({ tag: "last-operation-failed", val: new IoError(`File: ${code}`, code) });
      }
      if (state === "ended") state = "idle";
      return refuse(closed());
    },
    [Symbol.dispose]() {
      state = "closed";
      piece = NONE;
    },
  };
}
