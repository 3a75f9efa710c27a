/** Helpers of the codec's tests: bytes as hex, and errors as sentences. */
import { Exception } from "#base";
import { MessageReader } from "./reader.ts";
import type { ReadLimits } from "./reader.ts";

/** Parses hex, ignoring spaces. */
export function fromHex(hex: string): Uint8Array {
  const digits = hex.replaceAll(/\s/g, "").match(/../g) ?? [];
  return Uint8Array.from(digits, (pair) => Number.parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A frame of these segments. */
export function toFrame(...segments: readonly Uint8Array[]): Uint8Array {
  const table = new Uint32Array(segments.length + 1 + ((segments.length + 1) % 2));
  table[0] = segments.length - 1;
  segments.forEach((segment, at) => (table[at + 1] = segment.length / 8));
  return Uint8Array.from([new Uint8Array(table.buffer), ...segments].flatMap((part) => [...part]));
}

/** A message of these segments, in hex: one word a line. */
export function readHex(segments: readonly string[], limits?: ReadLimits): MessageReader {
  return MessageReader.fromFrame(toFrame(...segments.map(fromHex)), limits);
}

/** The message of the `failed` exception that the action throws; rethrows any other error. */
export function failureOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Exception && error.kind === "failed") return error.message;
    throw error;
  }
  return "nothing was thrown";
}
