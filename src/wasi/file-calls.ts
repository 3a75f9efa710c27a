/**
 * Calls of a cell on files that it shares with others: its host answers them, one after the other.
 *
 * A call is a value that JSON can represent, and a body; an answer begins with one byte that tells its type.
 */
import { concatBytes, decodeText, encodeText } from "#base";
import type { Eventually } from "#base";

/** The handle of the root. */
export const ROOT_HANDLE = 0;

/** A call on a handle; large integers in the arguments are packed. */
export interface FileCall {
  readonly type: "file";
  readonly call: string;
  readonly handle: number;
  readonly args: readonly unknown[];
  /** Handles that are no longer used. */
  readonly dropped: readonly number[];
}

/**
 * Sends a call to the host; the body is lent until the answer arrives.
 *
 * @throws {Exception} `failed` when the guest broke a rule, `disconnected` when the host is gone
 */
export type AskFiles = (call: FileCall, body?: Uint8Array) => Eventually<Uint8Array>;

/** The answer to a call. */
export type FileAnswer =
  | { readonly type: "value"; readonly value: unknown }
  | { readonly type: "refusal"; readonly code: string }
  | { readonly type: "bytes"; readonly bytes: Uint8Array; readonly isEnd: boolean };

const VALUE = 0;
const REFUSAL = 1;
const BYTES = 2;
const LAST_BYTES = 3;

export function encodeAnswer(answer: FileAnswer): Uint8Array {
  switch (answer.type) {
    case "value":
      return encodeTagged(VALUE, encodeText(JSON.stringify(pack(answer.value) ?? null)));
    case "refusal":
      return encodeTagged(REFUSAL, encodeText(answer.code));
    case "bytes":
      return encodeTagged(answer.isEnd ? LAST_BYTES : BYTES, answer.bytes);
    default:
      return answer satisfies never;
  }
}

/** Checks nothing: the host is trusted. */
export function decodeAnswer(bytes: Uint8Array): FileAnswer {
  const [tag] = bytes;
  const rest = bytes.subarray(1);
  if (tag === VALUE) return { type: "value", value: unpack(JSON.parse(decodeText(rest))) };
  if (tag === REFUSAL) return { type: "refusal", code: decodeText(rest) };
  return { type: "bytes", bytes: rest, isEnd: tag === LAST_BYTES };
}

function encodeTagged(tag: number, bytes: Uint8Array): Uint8Array {
  return concatBytes([Uint8Array.of(tag), bytes]);
}

/** Replaces large integers in a value by arrays of one string, so that JSON can represent it. */
export function pack(value: unknown): unknown {
  if (typeof value === "bigint") return [String(value)];
  return typeof value === "object" && value !== null ? mapFields(value, pack) : value;
}

/** @throws {SyntaxError} when such a string is not an integer: values of cells are untrusted */
export function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return BigInt(String(value[0]));
  return typeof value === "object" && value !== null ? mapFields(value, unpack) : value;
}

function mapFields(value: object, map: (field: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, map(field)]));
}
