/**
 * How a WASI function refuses, as the linker expects it: the one place that knows.
 *
 * A thrown value that is no `Error` becomes the `err` of the function's result. A `RuntimeError` ends the cell.
 */
import { toMessage } from "#base";

/** A guest may keep thousands of errors, and some messages repeat a path. */
const MESSAGE_LIMIT = 1000;

/** The resource `error` of `wasi:io/error`: what went wrong, for a person, and as a file error code where it is one. */
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

/** Ends the cell: the guest broke a rule that the specification punishes with a trap. */
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
