/** The transport that only Node has. */
import { Duplex } from "node:stream";
import type { Socket } from "node:net";
import { createWebStreamTransport } from "../web-stream-transport.ts";
import type { Transport } from "./index.ts";

/**
 * Creates a transport over a TCP or local socket, in the standard framing, which `TwoPartyVatNetwork` of C++ speaks as
 * well. Takes ownership of the socket.
 *
 * @param limitBytes the largest frame that is accepted
 */
export function createSocketTransport(socket: Socket, limitBytes?: number): Transport {
  socket.setNoDelay(true);
  return createWebStreamTransport(Duplex.toWeb(socket), limitBytes);
}
