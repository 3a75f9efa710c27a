/** Epochs: a session is valid for one, and every capability of a session ends with it. */
import { OwnedLifetime } from "./lifetime.ts";
import type { Lifetime } from "./lifetime.ts";
import { createRefusal } from "./refusal.ts";

/** An epoch as a value. @see capnp/first/stem.capnp Epoch */
export interface EpochRecord {
  /** Increases by one with each epoch. */
  readonly seq: bigint;
  readonly head: Uint8Array;
  readonly adoptedBlock: bigint;
}

/** One epoch, as seen by the capabilities issued under it. */
export interface IssuedEpoch {
  readonly record: EpochRecord;
  /** Ends when the next epoch begins. */
  readonly lifetime: Lifetime;
}

export interface Epochs {
  readonly current: IssuedEpoch;
  /** Begins the next epoch. Calls on everything issued before are refused from now on, and those in flight fail. */
  advance(head: Uint8Array): void;
}

/** Creates epochs, beginning with number 0. */
export function createEpochs(head: Uint8Array): Epochs {
  let current = issue(0n, head);
  return {
    get current() {
      return current;
    },
    advance(newHead) {
      const { record, lifetime } = current;
      // Issues the new epoch first, since a listener for the end may request a new session at once.
      current = issue(record.seq + 1n, newHead);
      lifetime.end(createRefusal("stale-epoch"));
    },
  };
}

interface OwnedEpoch extends IssuedEpoch {
  readonly lifetime: OwnedLifetime;
}

function issue(seq: bigint, head: Uint8Array): OwnedEpoch {
  return { record: { seq, head, adoptedBlock: 0n }, lifetime: new OwnedLifetime() };
}
