/** Why libp2p could not connect to a peer, in words: its own messages are codes, names of functions and addresses. */
import { Exception, toMessage } from "#base";

/** What a relay answers. @see https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md#protobuf */
const RELAY_ANSWERS: Readonly<Record<string, string>> = {
  NO_RESERVATION: "the relay does not know it, so it is closed, or has lost its relay",
  RESERVATION_REFUSED: "the relay has no room for it",
  RESOURCE_LIMIT_EXCEEDED: "the relay is too busy",
  PERMISSION_DENIED: "the relay does not allow it",
  CONNECTION_FAILED: "the relay could not reach it",
};

/** By the names of errors. */
const FAILURES: Readonly<Record<string, string>> = {
  AbortError: "it has not answered in time",
  TimeoutError: "it has not answered in time",
  ConnectionFailedError: "nothing answers at its address",
  ConnectionClosedError: "it has closed the connection",
  StreamResetError: "it has closed the connection",
  DialDeniedError: "no address may be dialled",
  NoValidAddressesError: "no address of it can be dialled",
  ConnectionDeniedError: "it accepts no more connections",
  EncryptionFailedError: "another peer answers at its address",
  UnexpectedPeerError: "another peer answers at its address",
  SDPHandshakeFailedError: "the browsers found no way to each other",
};

const UNKNOWN = "the connection could not be made";

/** A clause; our own errors pass as they are. The cause is for the log. */
export function explainDial(reason: unknown): string {
  const reasons: readonly unknown[] = reason instanceof AggregateError ? reason.errors : [reason];
  const found = new Set(reasons.map(explainOne));
  // It says nothing beside another one.
  if (found.size > 1) found.delete(UNKNOWN);
  return [...found].join(", and ") || UNKNOWN;
}

function explainOne(reason: unknown): string {
  if (reason instanceof AggregateError) return explainDial(reason);
  if (reason instanceof Exception) return reason.message;
  const [, status = ""] = /relay with status (\w+)/.exec(toMessage(reason)) ?? [];
  const name = reason instanceof Error ? reason.name : "";
  return RELAY_ANSWERS[status] ?? FAILURES[name] ?? UNKNOWN;
}
