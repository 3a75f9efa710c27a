/** The first process of an image: takes what the membrane grants, starts a child, and ends as the child does. */
import { encodeText } from "#base";
import { Membrane, WetwareSession } from "#schema";
import { attend, connectHost, type Cell } from "../sdk/index.ts";

export async function main(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const { issuedEpoch, extension } = grafted.session;
  await cell.stderr.write(encodeText(`pid0: grafted in epoch ${issuedEpoch.seq}\n`));

  const wasm = await cell.readFile("bin/child-echo.wasm");
  using started = await extension.executor.runBytes(wasm, [], []);
  // Awaited here: what is `using` goes when the function returns.
  return await attend(started.process, cell);
}
