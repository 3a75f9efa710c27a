/** The one error class that crosses rooms and vats, and the one way foreign errors become it. */

/**
 * What a caller can do about an error, in the four words that Cap'n Proto can carry.
 *
 * `overloaded`: try later; `disconnected`: obtain it again; `unimplemented`: try another way; `failed`: report it.
 *
 * @see rpc.capnp Exception.Type
 */
export type ExceptionKind = "failed" | "overloaded" | "disconnected" | "unimplemented";

/** Why authority was refused. Written and read on the wire by `caps` only. */
export type Refusal = "denied" | "revoked" | "stale-epoch";

export interface ExceptionOptions {
  readonly cause?: unknown;
  readonly refusal?: Refusal | undefined;
}

/** An error with a kind; the message is one sentence for a person, without a full stop. */
export class Exception extends Error {
  override readonly name = "Exception";
  readonly kind: ExceptionKind;
  /** Present when authority was refused; the kind is `failed` then. */
  readonly refusal?: Refusal;

  constructor(kind: ExceptionKind, message: string, options: ExceptionOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.kind = kind;
    if (options.refusal !== undefined) this.refusal = options.refusal;
  }
}

/** The exception itself, or a new one of kind `failed` with the foreign error as its cause. */
export function toException(reason: unknown, kind: ExceptionKind = "failed"): Exception {
  if (reason instanceof Exception) return reason;
  return new Exception(kind, toMessage(reason), { cause: reason });
}

/** The message of anything that was thrown; never empty. */
export function toMessage(reason: unknown): string {
  if (reason instanceof Error) return reason.message === "" ? reason.name : reason.message;
  return typeof reason === "string" && reason !== "" ? reason : `Unknown error: ${String(reason)}`;
}
