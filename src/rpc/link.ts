/** What the tables of a connection need of the connection. */
import type { Exception } from "#base";
import type { Answer, CallRequest, MessageBuilder } from "#capnp";
import type { Target } from "./wire.ts";

export interface Link {
  /** Why the connection is over; `undefined` while it is not. */
  readonly failure: Exception | undefined;
  /** Sends the message as it is; its capabilities must have been described. @returns its size in bytes */
  send(message: MessageBuilder): number;
  call(target: Target, request: CallRequest): Answer;
}
