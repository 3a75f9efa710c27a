/** The part of a connection that its tables use. */
import type { Exception } from "#base";
import type { Answer, CallRequest, MessageBuilder, MessageSpace } from "#capnp/wire";
import type { Target } from "./wire.ts";

/** A question whose Return has arrived and that still needs a Finish. */
export interface Answered {
  readonly id: number;
  /** Imports in the results, once for each reference. */
  readonly resultImports: readonly number[];
  /** Called after the Finish was sent. */
  onFinished(): void;
}

/** Sends Finish and Release messages, now or later. */
export interface ReleaseQueue {
  finish(question: Answered): void;
  /** Releases an import that the peer has sent `count` times. */
  release(id: number, count: number): void;
}

export interface Link {
  /** Why the connection has ended; `undefined` while it is open. */
  readonly failure: Exception | undefined;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<unknown>;
  /** Memory for messages to send. */
  readonly space: MessageSpace;
  /**
   * Sends a message whose capability table is complete.
   *
   * @param isAnswer whether the peer caused the message, and is charged for it while it does not read
   * @returns its size in bytes
   */
  send(message: MessageBuilder, isAnswer?: boolean): number;
  /** Deferred Finish and Release messages. */
  readonly deferred: ReleaseQueue;
  /** Ends the connection with an Abort, after a violation of the protocol or a limit. */
  abort(error: unknown): void;
  call(target: Target, request: CallRequest): Answer;
}
