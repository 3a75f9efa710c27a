/** A terminal of this page for visitors of a link. @see capnp/common/live.capnp SharedTerminal */
import { createPipe } from "#base";
import type { ByteSource } from "#base";
import { serve } from "#capnp";
import { serveSink, serveSource } from "#caps";
import { ByteStream } from "#schema";
import type { SharedTerminalServer } from "#schema";
import type { SharedScreen } from "./sharing.ts";

/** Unread keys. */
const KEYS_BYTES = 4096;

export function serveSharedTerminal(terminal: SharedScreen): SharedTerminalServer {
  return {
    async output() {
      const mirror = await terminal.mirror();
      const server = { ...serveSource(mirror), [Symbol.dispose]: () => mirror[Symbol.dispose]() };
      return { stream: serve(ByteStream, server) };
    },
    input() {
      const { source, sink } = createPipe(KEYS_BYTES);
      void press(terminal, source); // never rejects
      return { stream: serve(ByteStream, serveSink(sink)) };
    },
  };
}

async function press(terminal: SharedScreen, source: ByteSource): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for (let bytes; (bytes = await source.read(KEYS_BYTES)) !== undefined;) {
      await terminal.press(decoder.decode(bytes, { stream: true }));
    }
  } catch {
    // The visitor has gone.
  }
}
