/** The cell's end of its HTTP channel. */
import { HttpChannel } from "#base";
import type { Duplex } from "#base";

/** Takes ownership of the duplex. A cell answers one request at a time. */
export function openCellChannel(duplex: Duplex): HttpChannel {
  return new HttpChannel(duplex, { side: "cell", openLimit: 1 });
}
