/** Starts a child that never ends, and ends. */
import { encodeText } from "#base";
import { Membrane, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

export async function main(cell: Cell): Promise<void> {
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const wasm = await cell.readFile("bin/spins.wasm");
  using started = await grafted.session.extension.executor.runBytes(wasm, [], []);
  await cell.stdout.write(encodeText("child started\n"));
  void started;
}
