/** What every contestant's worker offers. */
import type { BenchServer } from "./generated/bench.ts";

/** As this project's RPC has it. */
export function createBenchServer(): BenchServer {
  return {
    echo: (text) => ({ text }),
    echoData: (data) => ({ data }),
    descend: () => ({ next: createBenchServer() }),
    count: () => ({ count: 1 }),
  };
}
