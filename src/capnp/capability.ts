/** The interface of capabilities and calls. `rpc` implements it for remote ones. */
import type { Capability } from "./held-capability.ts";
import type { PointerReader } from "./reader.ts";
import type { PointerBuilder, StructBuilder } from "./builder.ts";

export type { Capability } from "./held-capability.ts";

declare module "./held-capability.ts" {
  /**
   * A local or remote object that can be called; reference counted.
   *
   * Calls reach their target in the order in which they were made.
   */
  interface Capability {
    /** Starts a call. Never throws: failures are reported by the answer. */
    call(request: CallRequest): Answer;
  }
}

export interface CallRequest {
  readonly interfaceId: bigint;
  /** The method's ordinal within the interface. */
  readonly methodId: number;
  readonly params: StructWriter | ReceivedParams;
  /** The caller will not pipeline on the results, so the callee need not keep them. */
  readonly noPipelining: boolean;
  /** Lets the callee write the results directly into the message that will be sent. */
  readonly results: ResultsSlot | undefined;
  /** Cancels the call: the answer fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The last boundary that the call has crossed on its way to the object. */
  readonly through?: Crossing | undefined;
}

/** A boundary that a call has crossed. Only the code that created `boundary` knows what it stands for. */
export interface Crossing {
  readonly boundary: object;
  /** The boundary crossed before this one, nearer to the caller. */
  readonly before: Crossing | undefined;
}

/**
 * A struct to be written: its size, and a function that writes it. `write` is called at most once, before `call`
 * returns.
 */
export interface StructWriter {
  readonly dataWords: number;
  readonly pointers: number;
  write(builder: StructBuilder): void;
}

/** Parameters of a received message. The callee owns and releases them. */
export interface ReceivedParams {
  readonly root: PointerReader;
  release(): void;
}

/** A message under construction into which results are written without a copy. */
export interface ResultsSlot {
  /** Called at most once. */
  open(): PointerBuilder;
}

/** The pending or settled outcome of a call. The caller owns and releases it. */
export interface Answer {
  /** Size of the Call message; 0 if none was sent. */
  readonly sentBytes: number;
  /**
   * Calls one of the callbacks, once; synchronously if the outcome is known.
   *
   * The results stay valid until `release`; retain a capability to keep it longer.
   */
  settled(onResults: (results: PointerReader) => void, onFailure: (reason: unknown) => void): void;
  /** The capability at a path of pointer fields of the results; can be called at once. Returns a new reference. */
  pipeline(path: readonly number[]): Capability;
  /** Releases the results; cancels the call if it is pending and no pipelined capability is held. Idempotent. */
  release(): void;
}
