/** The reader of a file that others may change: it reads ahead while the guest reads on, and asks again at the end. */
import { createNotice } from "#base";
import type { Eventually } from "#base";
import type { Reader } from "./reader.ts";
import { closed, IoError, refuse } from "./trap.ts";

/** The first piece; each further one doubles. */
const FIRST_BYTES = 4 * 1024;
const PIECE_BYTES = 64 * 1024;
const NONE = new Uint8Array(0);

export interface SharedReaderPowers {
  /** Bytes from an offset on, and whether the file ends there; refuses with the code of an error. */
  read(length: bigint, offset: bigint): Eventually<[Uint8Array, boolean]>;
  /** Grows when the guest has changed some file: what was read ahead is read again then. */
  readonly version: number;
  /** Where it begins. */
  readonly offset: bigint;
}

export function createSharedReader(powers: SharedReaderPowers): Reader {
  const notice = createNotice();
  /** Where the next piece begins. */
  let position = powers.offset;
  let pieceVersion = 0;
  let piece: Uint8Array = NONE;
  let lookBytes = FIRST_BYTES;
  let state: "idle" | "asking" | "ended" | "closed" = "idle";
  let failure: string | undefined;

  const arrive = ([bytes]: [Uint8Array, boolean]): void => {
    if (state === "closed") return;
    piece = bytes;
    position += BigInt(bytes.length);
    // A file that grows is read on; this is its end only for the read that has found it.
    state = bytes.length === 0 ? "ended" : "idle";
  };
  const miss = (reason: unknown): void => {
    // What is no code ends the guest, wherever it is thrown.
    failure = typeof reason === "string" ? reason : "io";
    state = "closed";
  };
  const look = (): void => {
    if (piece.length > 0 && pieceVersion !== powers.version) {
      position -= BigInt(piece.length);
      piece = NONE;
    }
    if (piece.length > 0 || state !== "idle") return;
    const length = BigInt(lookBytes);
    lookBytes = Math.min(lookBytes * 2, PIECE_BYTES);
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
      look();
      return piece.length > 0 || state !== "asking";
    },
    async wait(options) {
      options?.signal?.throwIfAborted();
      look();
      if (piece.length === 0 && state === "asking") await notice.wait(options);
    },
    take(limitBytes) {
      if (limitBytes === 0) return NONE;
      look();
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
