/** Epochs: sessions are good for one, and every capability of a session ends with it. */
import type { Exception } from "#base";
import { createRefusal } from "./refusal.ts";

/** A value. @see capnp/stem.capnp Epoch */
export interface EpochRecord {
  /** Counts up. */
  readonly seq: bigint;
  readonly head: Uint8Array;
  readonly adoptedBlock: bigint;
}

/** One epoch as the capabilities issued under it know it. */
export interface IssuedEpoch {
  readonly record: EpochRecord;
  /** The refusal, once the epoch has passed. */
  check(): Exception | undefined;
}

export interface Epochs {
  readonly current: IssuedEpoch;
  /** Begins the next epoch; everything issued before is refused from here on. */
  advance(head: Uint8Array): void;
}

/** Epochs beginning with number 0. */
export function createEpochs(head: Uint8Array): Epochs {
  let seq = 0n;
  const issue = (newHead: Uint8Array): IssuedEpoch => {
    const record: EpochRecord = { seq, head: newHead, adoptedBlock: 0n };
    return {
      record,
      check: () => (record.seq === seq ? undefined : createRefusal("stale-epoch")),
    };
  };
  let current = issue(head);
  return {
    get current() {
      return current;
    },
    advance(newHead) {
      seq++;
      current = issue(newHead);
    },
  };
}
