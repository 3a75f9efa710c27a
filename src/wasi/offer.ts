/** What a component may import, known before one is started. */
import { createPipe } from "#base";
import { createWasi } from "./wasi.ts";

/** Names of functions and resource classes by unversioned interface, as jco spells them. */
export type Offer = ReadonlyMap<string, ReadonlySet<string>>;

/** All interfaces and names that `createWasi` gives. */
export function listOffer(): Offer {
  const { source, sink } = createPipe(0);
  const { imports } = createWasi({
    args: [],
    env: [],
    openFiles: 0,
    stdin: source,
    stdout: sink,
    stderr: sink,
    rpc: { source, sink, [Symbol.dispose]() {} },
    tree: { entries: new Map(), read: () => Promise.resolve(new Uint8Array(0)) },
    powers: {
      wallClockMs: () => 0,
      monotonicMs: () => 0,
      sleep: () => Promise.resolve(),
      fillRandom() {},
    },
    waits: { turn: () => undefined, until: () => undefined, settled: (value) => value },
    onExit() {},
  });
  return new Map(
    Object.entries(imports).map(([name, members]) => [name, new Set(Object.keys(members))]),
  );
}
