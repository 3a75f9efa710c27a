/**
 * What a capability is to messages and generated code. The room `rpc` has the implementations.
 */
import type { Capability } from "./held-capability.ts";
import type { PointerReader } from "./reader.ts";
import type { PointerBuilder, StructBuilder } from "./builder.ts";

export type { Capability } from "./held-capability.ts";

declare module "./held-capability.ts" {
  /**
   * Something that can be called, wherever it lives; shared by its holders, who each count.
   *
   * Calls reach one target in the order in which they were made.
   */
  interface Capability {
    /** Starts a call. Never throws: failures come out of the answer. */
    call(request: CallRequest): Answer;
  }
}

export interface CallRequest {
  readonly interfaceId: bigint;
  /** The method's ordinal within the interface. */
  readonly methodId: number;
  readonly params: StructWriter | ReceivedParams;
  /** The caller promises to call nothing ahead on the results, which spares whoever answers keeping them for that. */
  readonly noPipelining: boolean;
  /** Where the results may be written to, for whoever serves the call. */
  readonly results: ResultsSlot | undefined;
  /** Gives up interest in the answer, which then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A struct still to be written: its size, and how. `write` is called at most once, before `call` returns. */
export interface StructWriter {
  readonly dataWords: number;
  readonly pointers: number;
  write(builder: StructBuilder): void;
}

/** Parameters that came in a message, handed over with the call: whoever has the call releases them. */
export interface ReceivedParams {
  readonly root: PointerReader;
  release(): void;
}

/** A message under construction that waits for results, so that they need not be copied into it. */
export interface ResultsSlot {
  /** Called at most once. */
  open(): PointerBuilder;
}

/** What a call will give. Belongs to the caller, who releases it. */
export interface Answer {
  /** How large the message was that carried the call; 0 when none was needed. */
  readonly sentBytes: number;
  /**
   * Tells the results, or why there are none, once; at once if they are there.
   *
   * The results stay valid until `release`; to hold a capability of them longer, retain it.
   */
  settled(onResults: (results: PointerReader) => void, onFailure: (reason: unknown) => void): void;
  /**
   * The capability that will be found by following these pointer fields from the results, to be called at once.
   *
   * The caller becomes a holder.
   */
  pipeline(path: readonly number[]): Capability;
  /** Ends the caller's interest in the results; cancels the call when nobody else is interested. Idempotent. */
  release(): void;
}
