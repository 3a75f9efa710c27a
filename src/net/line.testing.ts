/** A line between two ports of this computer that can be cut without telling either end, as a network that loses all packets. */
import { createServer, connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export interface Line extends AsyncDisposable {
  readonly port: number;
  /** From now on nothing passes, and nobody is told. */
  cut(): void;
}

/** Passes bytes on to a port of this computer. */
export async function openLine(to: number): Promise<Line> {
  const sockets: Socket[] = [];
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(to, "127.0.0.1");
    sockets.push(near, far);
    near.on("data", (bytes) => isCut || far.write(bytes));
    far.on("data", (bytes) => isCut || near.write(bytes));
    for (const socket of [near, far]) socket.on("error", () => socket.destroy());
    near.on("close", () => isCut || far.destroy());
    far.on("close", () => isCut || near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => void (isCut = true),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
