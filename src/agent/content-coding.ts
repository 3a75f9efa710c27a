/** Gzip for contents of files: chooses the coding of an answer, compresses and decompresses streams. */
import { HttpError } from "./errors.ts";

/**
 * The coding that the client prefers; gzip where it accepts both equally.
 *
 * @throws {HttpError} 406 when it accepts neither
 * @see RFC 9110, section 12.5.3
 */
export function chooseCoding(accept: string | null): "gzip" | "identity" {
  const weights = new Map<string, number>();
  for (const item of (accept ?? "").split(",")) {
    const [name = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    if (name !== "") weights.set(name === "x-gzip" ? "gzip" : name, Number(weight ?? 1));
  }
  const any = weights.get("*");
  const gzip = weights.get("gzip") ?? any ?? 0;
  const identity = weights.get("identity") ?? (any === 0 ? 0 : SMALLEST);
  if (gzip > 0 && gzip >= identity) return "gzip";
  if (identity > 0) return "identity";
  throw new HttpError(406, `no acceptable encoding found: ${String(accept).slice(0, 200)}`);
}

/** Plain bytes are acceptable unless the client excludes them, but any coding that it names comes first. */
const SMALLEST = Number.MIN_VALUE;

/** Whether a request's body is compressed. @throws {HttpError} 400 for another coding */
export function isGzipped(headers: Headers): boolean {
  const coding = (headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (coding === "gzip" || coding === "x-gzip") return true;
  if (coding === "" || coding === "identity") return false;
  throw new HttpError(400, `unsupported content encoding: ${coding.slice(0, 64)}`);
}

export function compress(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return through(pieces, new CompressionStream("gzip"));
}

/** @throws {HttpError} 400 when the bytes are not gzip, or are truncated */
export async function* decompress(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let failure: { readonly reason: unknown } | undefined;
  const watched = async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* pieces;
    } catch (reason) {
      failure = { reason };
      throw reason;
    }
  };
  try {
    yield* through(watched(), new DecompressionStream("gzip"));
  } catch {
    throw failure?.reason ?? new HttpError(400, "the body is not gzip, or is truncated");
  }
}

async function* through(
  pieces: AsyncIterable<Uint8Array>,
  { readable, writable }: GenericTransformStream,
): AsyncGenerator<Uint8Array> {
  const writer = (writable as WritableStream<Uint8Array>).getWriter();
  const reader = (readable as ReadableStream<Uint8Array>).getReader();
  const feed = async (): Promise<void> => {
    try {
      for await (const piece of pieces) await writer.write(piece);
      await writer.close();
    } catch (reason) {
      await writer.abort(reason).catch(() => undefined); // the reader has the reason
    }
  };
  const fed = feed();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (value === undefined) break;
      yield value;
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => undefined); // it has failed
  }
  await fed;
}
