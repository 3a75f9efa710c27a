/** Measures how long a cached program takes from its start to its end, with grants and without. Its argument: how often. */
import { encodeText } from "#base";
import { Membrane, WetwareSession, type Process } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

const FILE = "bin/child.wasm";
const WARM_UP = 5;

export async function main(cell: Cell): Promise<number> {
  const rounds = Number(cell.args[1] ?? "20");
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const { executor, launcher } = grafted.session.extension;
  const wasm = await cell.readFile(FILE);
  const bare = async (): Promise<number> => {
    const start = performance.now();
    using started = await executor.runBytes(wasm, [], []);
    await finish(started.process);
    return performance.now() - start;
  };
  const granted = async (): Promise<number> => {
    const start = performance.now();
    using started = await launcher.launch({
      program: { which: "bytes", bytes: wasm },
      grants: [
        { name: "executor", cap: executor },
        { name: "launcher", cap: launcher },
      ],
    });
    await finish(started.process);
    return performance.now() - start;
  };
  const times = { bare: [] as number[], granted: [] as number[] };
  for (let round = 0; round < rounds + WARM_UP; round++) {
    // By turns, as the second of two starts finds other workers waiting than the first.
    const both = { bare, granted };
    const order = round % 2 === 0 ? (["bare", "granted"] as const) : (["granted", "bare"] as const);
    for (const kind of order) {
      const ms = await both[kind]();
      if (round >= WARM_UP) times[kind].push(ms);
    }
  }
  const medians = { bare: median(times.bare), granted: median(times.granted) };
  await cell.stdout.write(encodeText(JSON.stringify(medians)));
  return 0;
}

/** The child copies its input, which ends at once. */
async function finish(process: Process): Promise<void> {
  using stdin = process.stdin();
  await stdin.stream.close();
  await process.wait();
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
}
