/** What the tables of a connection need of the connection. */
import type { Exception } from "#base";
import type { Answer, CallRequest, MessageBuilder, MessageSpace } from "#capnp/wire";
import type { Farewells } from "./farewells.ts";
import type { Target } from "./wire.ts";

export interface Link {
  /** Why the connection is over; `undefined` while it is not. */
  readonly failure: Exception | undefined;
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
  readonly farewells: Farewells;
  /** Ends the connection: the peer has broken the protocol, or its messages the limits. */
  abort(error: unknown): void;
  call(target: Target, request: CallRequest): Answer;
}
