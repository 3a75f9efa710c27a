/** WASI with nothing behind it: a component can be linked with it, to no effect. */
import { createPipe, EMPTY_TREE } from "#base";
import { createWasi } from "./wasi.ts";
import type { Wasi, WasiOptions } from "./wasi.ts";

/** No files, no time, no bytes in and no room for bytes out, unless pipes are given. */
export function createIdleWasi(
  overrides: Partial<Pick<WasiOptions, "stdin" | "stdout" | "stderr" | "rpc" | "waits">> = {},
): Wasi {
  const { source, sink } = createPipe(0);
  return createWasi({
    args: [],
    env: [],
    memoryBytes: 0,
    openFiles: 16,
    stdin: source,
    stdout: sink,
    stderr: sink,
    rpc: { source, sink, [Symbol.dispose]() {} },
    tree: EMPTY_TREE,
    powers: {
      wallClockMs: () => 0,
      monotonicMs: () => 0,
      sleep: () => Promise.resolve(),
      fillRandom() {},
    },
    waits: { turn: () => undefined, until: () => undefined, settled: (value) => value },
    onExit() {},
    ...overrides,
  });
}
