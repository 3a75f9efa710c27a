/** Grafts, begins another message to its host, and leaves in the middle of it. */
import { encodeText } from "#base";
import { Membrane, WetwareSession } from "#schema";
import { connect, createStreamTransport } from "#rpc";
import type { Cell } from "../../../guests/sdk/index.ts";

/** The head of a frame: one segment of a hundred words, of which two bytes follow. */
const BEGINNING = Uint8Array.of(0, 0, 0, 0, 100, 0, 0, 0, 0, 0);

export async function main(cell: Cell): Promise<number> {
  const duplex = cell.openConnection();
  const connection = connect(createStreamTransport(duplex));
  const membrane = connection.bootstrap(Membrane(WetwareSession));
  const { session } = await membrane.graft(null);
  await cell.stdout.write(encodeText(`epoch ${session.issuedEpoch.seq}\n`));
  await duplex.sink.write(BEGINNING);
  return cell.exit(0);
}
