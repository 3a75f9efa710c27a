/** What the tables of a connection need of the connection. */
import type { Exception } from "#base";
import type { Answer, CallRequest, MessageBuilder, MessageSpace } from "#capnp/wire";
import type { Target } from "./wire.ts";

/** A question that was answered, and of which the peer has not been told that it is over. */
export interface Answered {
  readonly id: number;
  /** Capabilities of the peer's that the results held, as often as they did. */
  readonly resultImports: readonly number[];
  /** Called when the Finish has been sent. */
  onFinished(): void;
}

/** Tells the peer what it may forget. */
export interface Forgetting {
  finish(question: Answered): void;
  /** The peer's capability is not held any more; it has counted it so often. */
  release(id: number, count: number): void;
}

export interface Link {
  /** Why the connection is over; `undefined` while it is not. */
  readonly failure: Exception | undefined;
  /** Resolves when it is over. */
  readonly closed: Promise<unknown>;
  /** Where messages are built. */
  readonly space: MessageSpace;
  /**
   * Sends the message as it is; its capabilities must have been described.
   *
   * @param isAnswer whether the peer asked for it, so that it costs the peer when it does not read it
   * @returns its size in bytes
   */
  send(message: MessageBuilder, isAnswer?: boolean): number;
  /** What the peer may forget. */
  readonly farewells: Forgetting;
  /** Ends the connection: the peer has broken the protocol, or its messages the limits. */
  abort(error: unknown): void;
  call(target: Target, request: CallRequest): Answer;
}
