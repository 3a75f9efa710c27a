/**
 * How a WASI function refuses, as the linker expects it: no other file depends on that.
 *
 * A thrown value that is not an `Error` becomes the `err` of the function's result. A `RuntimeError` ends the cell.
 */
import { toMessage } from "#base";

/** A guest may keep thousands of errors, and some messages repeat a path. */
const MESSAGE_LIMIT = 1000;

/** The resource `error` of `wasi:io/error`: a message for a person, and the error code of a file if there is one. */
export class IoError {
  readonly #message: string;
  readonly fileCode: string | undefined;

  constructor(message: string, fileCode?: string) {
    this.#message = message.slice(0, MESSAGE_LIMIT);
    this.fileCode = fileCode;
  }

  toDebugString(): string {
    return this.#message;
  }
}

/** The variant `stream-error` of `wasi:io/streams`. */
type StreamError =
  | { readonly tag: "last-operation-failed"; readonly val: IoError }
  | { readonly tag: "closed" };

/** Ends the cell: the guest broke a rule for which the specification demands a trap. */
export function trap(message: string): never {
  throw new WebAssembly.RuntimeError(message);
}

/** Answers the call with the error value of its result. */
export function refuse(error: unknown): never {
  throw error;
}

export function closed(): StreamError {
  return { tag: "closed" };
}

export function lastOperationFailed(reason: unknown, fileCode?: string): StreamError {
  return { tag: "last-operation-failed", val: new IoError(toMessage(reason), fileCode) };
}
