/** Moving bytes between pipes that end at different times. */
import { copyBytes } from "#base";
import type { ByteSink, ByteSource } from "#base";

/** Copies until either end is gone, and tells the other. Never rejects. */
export async function pump(source: ByteSource, sink: ByteSink): Promise<void> {
  try {
    await copyBytes(source, sink);
    sink.close();
  } catch {
    // One of them was disposed; the other learns it.
    source[Symbol.dispose]();
    sink[Symbol.dispose]();
  }
}
