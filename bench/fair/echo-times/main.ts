/** Measures how long echoes take beside a child that does something else. Its arguments: the child's file, and for how many ms. */
import { encodeText } from "#base";
import { Membrane, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

export async function main(cell: Cell): Promise<number> {
  const [, file = "", forMs = "1000"] = cell.args;
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const { executor } = grafted.session.extension;
  const measure = async (ms: number): Promise<number[]> => {
    const times: number[] = [];
    const end = performance.now() + ms;
    for (let now = performance.now(); now < end;) {
      await executor.echo("x");
      const then = now;
      now = performance.now();
      times.push(now - then);
    }
    return times.toSorted((a, b) => a - b);
  };
  await measure(500);
  using started = await executor.runBytes(await cell.readFile(file), [], []);
  // Until it is under way.
  await measure(500);
  const times = await measure(Number(forMs));
  const at = (part: number): number => times[Math.floor((times.length - 1) * part)] ?? Infinity;
  await cell.stdout.write(encodeText(JSON.stringify({ p50: at(0.5), p99: at(0.99) })));
  await started.process.kill();
  return 0;
}
