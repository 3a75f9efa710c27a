/**
 * The frames between a page and the forwarder of its local node, in both directions: the length of the head in four bytes, the
 * head as JSON, and the body up to the end of the stream.
 */
import { concatBytes, decodeText, encodeText, readField } from "#base";
import type { HopOutcome, HttpHeader, HttpHop } from "./hop.ts";

/** A request; of its body only the length. */
export interface ForwardedHop extends Omit<HttpHop, "body"> {
  readonly bodyBytes: number;
}

/** An outcome without its body. */
export type ForwardedOutcome =
  | Exclude<HopOutcome, { readonly type: "response" }>
  | { readonly type: "response"; readonly status: number; readonly headers: readonly HttpHeader[] };

export interface Frame {
  readonly head: unknown;
  /** The caller must read it to its end, or return it. */
  readonly body: AsyncGenerator<Uint8Array>;
}

const LENGTH_BYTES = 4;
/** The longest head: headers of servers are shorter, and those of requests are limited by the binding. */
const LIMIT_HEAD_BYTES = 256 * 1024;

export function encodeHead(head: ForwardedHop | ForwardedOutcome): Uint8Array {
  const text = encodeText(JSON.stringify(head));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, text.length);
  return concatBytes([length, text]);
}

/**
 * Reads the head, and leaves the body.
 *
 * @throws {SyntaxError} when the stream does not begin with a head.
 */
export async function readFrame(pieces: AsyncIterable<Uint8Array>): Promise<Frame> {
  const source = pieces[Symbol.asyncIterator]();
  let held = new Uint8Array();
  try {
    const fill = async (length: number): Promise<void> => {
      const parts = [held];
      let have = held.length;
      while (have < length) {
        const next = await source.next();
        if (next.done === true) throw new SyntaxError("A forwarded message has no whole head");
        parts.push(new Uint8Array(next.value));
        have += next.value.length;
      }
      held = new Uint8Array(concatBytes(parts));
    };
    await fill(LENGTH_BYTES);
    const length = new DataView(held.buffer, held.byteOffset).getUint32(0);
    if (length > LIMIT_HEAD_BYTES)
      throw new SyntaxError("The head of a forwarded message is too long");
    const end = LENGTH_BYTES + length;
    await fill(end);
    const head: unknown = JSON.parse(decodeText(held.subarray(LENGTH_BYTES, end)));
    return { head, body: readRest(held.subarray(end), source) };
  } catch (error) {
    await source.return?.();
    throw error;
  }
}

/** @throws {SyntaxError} when it is not a request. */
export function readForwardedHop(head: unknown): ForwardedHop {
  const [method, url, mayBeLocal] = ["method", "url", "mayBeLocal"].map((name) =>
    readField(head, name),
  );
  const [limitBytes, bodyBytes] = [readField(head, "limitBytes"), readField(head, "bodyBytes")];
  const headers = readField(head, "headers");
  if (
    (method !== "GET" && method !== "POST") ||
    typeof url !== "string" ||
    !isCount(limitBytes) ||
    !isCount(bodyBytes) ||
    typeof mayBeLocal !== "boolean" ||
    !isHeaderList(headers)
  ) {
    throw new SyntaxError("A forwarded message is no request");
  }
  return { method, url, headers, limitBytes, bodyBytes, mayBeLocal };
}

/** @throws {SyntaxError} when it is not an outcome. */
export function readForwardedOutcome(head: unknown): ForwardedOutcome {
  const [type, status, location] = ["type", "status", "location"].map((name) =>
    readField(head, name),
  );
  const [headers, reason] = [readField(head, "headers"), readField(head, "reason")];
  switch (type) {
    case "response":
      if (typeof status === "number" && isHeaderList(headers)) return { type, status, headers };
      break;
    case "redirect":
      if (typeof status === "number" && typeof location === "string")
        return { type, status, location };
      break;
    case "unreachable":
      if (typeof reason === "string") return { type, reason };
      break;
    case "too-large":
    case "local-address":
      return { type };
    default:
  }
  throw new SyntaxError("A forwarded message is no answer");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHeaderList(value: unknown): value is readonly HttpHeader[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry) =>
        typeof readField(entry, "name") === "string" &&
        typeof readField(entry, "value") === "string",
    )
  );
}

async function* readRest(
  first: Uint8Array,
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    for (;;) {
      const next = await source.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await source.return?.();
  }
}
