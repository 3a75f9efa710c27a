/** Takes all it can get, and leaves without a word. */
import { encodeText } from "#base";
import { Membrane, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

export async function main(cell: Cell): Promise<number> {
  const connection = connectHost(cell);
  const membrane = connection.bootstrap(Membrane(WetwareSession));
  const { session } = await membrane.graft(null);
  const { executor } = await session.extension.host.executor();
  const { response } = await executor.echo("held");
  await cell.stdout.write(encodeText(`${response}\n`));
  void session.extension.executor.echo("never awaited");
  return cell.exit(4);
}
