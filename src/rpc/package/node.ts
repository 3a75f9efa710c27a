/** What only Node has. */
import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { createWebStreamTransport } from "../web-stream-transport.ts";
import type { Transport } from "./index.ts";

/**
 * A transport over a socket, TCP or a local one, in the standard framing: what `TwoPartyVatNetwork` of C++ speaks. Takes over
 * the socket.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createSocketTransport(socket: Socket, limitBytes?: number): Transport {
  socket.setNoDelay(true);
  return createWebStreamTransport(Duplex.toWeb(socket), limitBytes);
}
