/** Carries bytes between two duplexes. */
import type { ByteSink, ByteSource, Duplex } from "./duplex.ts";

const PIECE_BYTES = 64 * 1024;

/**
 * Copies in both directions until both have ended, or either was cut; disposes both then. Takes over the duplexes.
 *
 * @returns resolves at the end; never rejects
 */
export async function joinDuplexes(one: Duplex, other: Duplex): Promise<void> {
  const both = [carry(one.source, other.sink), carry(other.source, one.sink)];
  try {
    await Promise.all(both);
  } catch {
    // Disposal reports the cut stream to the other end.
  } finally {
    one[Symbol.dispose]();
    other[Symbol.dispose]();
  }
}

async function carry(source: ByteSource, sink: ByteSink): Promise<void> {
  for (;;) {
    const bytes = await source.read(PIECE_BYTES);
    if (bytes === undefined) break;
    await sink.write(bytes);
  }
  sink.close();
}
