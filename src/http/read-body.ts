/** Reads bodies piece by piece, up to a limit. */
import { concatBytes } from "#base";

/** The pieces of a stream; ending early cancels it. */
export async function* readPieces(
  stream: ReadableStream<Uint8Array> | null,
): AsyncGenerator<Uint8Array> {
  if (stream === null) return;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) return;
      yield value;
    }
  } finally {
    // A failed stream rejects here again; the read above has reported it.
    await reader.cancel().catch(() => undefined);
  }
}

/** The whole body, in memory of its own; `undefined`, and the source is cancelled, as soon as it exceeds the limit. */
export async function readBody(
  pieces: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of pieces) {
    length += part.length;
    if (length > limitBytes) return undefined;
    parts.push(part);
  }
  // A piece may be a view of a larger buffer, or of one that the platform reuses.
  return parts.length === 1 ? new Uint8Array(concatBytes(parts)) : concatBytes(parts);
}
