/** A TCP socket as a duplex. */
import type { Socket } from "node:net";
import { createPipe, Exception } from "#base";
import type { Duplex } from "#base";

const WINDOW_BYTES = 256 * 1024;

/** Takes over the socket, which is destroyed with the duplex, and when the peer resets it. */
export function openSocketDuplex(socket: Socket): Duplex {
  const incoming = createPipe(WINDOW_BYTES);
  const outgoing = createPipe(WINDOW_BYTES);

  const receive = async (): Promise<void> => {
    try {
      for await (const bytes of socket as AsyncIterable<Uint8Array>) {
        await incoming.sink.write(Uint8Array.from(bytes));
      }
      incoming.sink.close();
    } catch {
      incoming.sink[Symbol.dispose]();
    }
  };
  const send = async (): Promise<void> => {
    try {
      for (;;) {
        const bytes = await outgoing.source.read(WINDOW_BYTES);
        if (bytes === undefined) break;
        await new Promise<void>((resolve, reject) => {
          socket.write(bytes, (error) => (error instanceof Error ? reject(error) : resolve()));
        });
      }
      socket.end();
    } catch {
      outgoing.source[Symbol.dispose]();
      socket.destroy();
    }
  };
  socket.setNoDelay(true);
  socket.on("error", (error) => {
    socket.destroy(new Exception("disconnected", error.message));
  });
  void receive(); // ends with the socket
  void send(); // ends with the socket
  return {
    source: incoming.source,
    sink: outgoing.sink,
    [Symbol.dispose]() {
      incoming.source[Symbol.dispose]();
      outgoing.sink[Symbol.dispose]();
    },
  };
}
