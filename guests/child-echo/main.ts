/** A child: what it can reach is the bare host it was given, and what it takes from it ahead of any answer. */
import { encodeText } from "#base";
import { Host } from "#schema";
import { connectHost, type Cell } from "../sdk/index.ts";

export async function main(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using host = connection.bootstrap(Host);
  // Neither the host nor its executor has been waited for: both calls travel at once.
  using asked = host.executor();
  const answers = await Promise.all([asked.executor.echo("one"), asked.executor.echo("two")]);

  const responses = answers.map(({ response }) => response);
  const right = responses.join() === "Echo: one,Echo: two";
  await cell.stdout.write(
    encodeText(right ? "CHILD_OK\n" : `Wrong answers: ${responses.join()}\n`),
  );
  return right ? 0 : 1;
}
