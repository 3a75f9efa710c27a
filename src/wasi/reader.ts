/**
 * A byte source that also reports, without waiting, whether a read would return bytes.
 *
 * All streams that a guest gets for one source share one reader, since checking takes bytes out of the source.
 */
import type { ByteSource, Waiting } from "#base";
import { closed, lastOperationFailed, refuse } from "./trap.ts";
import type { Awaited } from "./waits.ts";

export interface Reader extends Awaited, Disposable {
  /**
   * The bytes available now, at most `limitBytes`; empty when there are none yet. Lent until the guest's next call.
   *
   * Refuses with the guest's stream-error: `last-operation-failed` once, then `closed`.
   */
  take(limitBytes: number): Uint8Array;
}

const AHEAD_BYTES = 64 * 1024;
const NONE = new Uint8Array(0);

/** The only reader of a pipe. @param isInput whether that is the cell's standard input */
export function createReader(source: ByteSource, isInput = false): Reader {
  let ahead: Uint8Array = NONE;
  let failure: unknown;
  let isReported = false;

  const fill = (limitBytes: number): void => {
    if (ahead.length > 0 || failure !== undefined) return;
    try {
      ahead = source.lend?.(limitBytes) ?? source.take(limitBytes);
    } catch (reason) {
      failure = reason;
    }
  };
  return {
    isInput,
    get ready() {
      fill(AHEAD_BYTES);
      return ahead.length > 0 || failure !== undefined || source.ended;
    },
    wait: (options?: Waiting) => source.ready(options),
    take(limitBytes) {
      fill(Math.max(1, limitBytes));
      if (ahead.length > 0) {
        const bytes = ahead.subarray(0, limitBytes);
        ahead = ahead.subarray(bytes.length);
        return bytes;
      }
      if (failure !== undefined && !isReported) {
        isReported = true;
        return refuse(lastOperationFailed(failure));
      }
      return failure !== undefined || source.ended ? refuse(closed()) : NONE;
    },
    [Symbol.dispose]() {
      ahead = NONE;
      source[Symbol.dispose]();
    },
  };
}
