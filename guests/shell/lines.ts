/** Lines of a byte stream. */
import { concatBytes, decodeText } from "#base";
import type { ByteSource } from "#base";

const NEWLINE = 0x0a;
const PIECE_BYTES = 4096;

/** Each line without its end, as soon as it is whole; the last one also when nothing ends it. */
export async function* readLines(source: ByteSource): AsyncGenerator<string> {
  let held: Uint8Array = new Uint8Array(0);
  for (;;) {
    const end = held.indexOf(NEWLINE);
    if (end >= 0) {
      yield decodeText(held.subarray(0, end));
      held = held.subarray(end + 1);
      continue;
    }
    const bytes = await source.read(PIECE_BYTES);
    if (bytes === undefined) break;
    held = concatBytes([held, bytes]);
  }
  if (held.length > 0) yield decodeText(held);
}
