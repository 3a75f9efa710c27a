import { expect, test } from "vitest";
import { AnyClient, serve } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import { forever, openBench } from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";
import type { Program } from "./memory-cells.testing.ts";

const reads: Program = async ({ stdin }) => {
  await stdin.read(1);
  return 0;
};
const exports: Program = async (guest) => {
  using _ = connect(createStreamTransport(guest.rpc), { bootstrap: serve(AnyClient, {}) });
  return await forever(guest);
};
const exportsNothing: Program = async (guest) => {
  using _ = connect(createStreamTransport(guest.rpc), {});
  return await forever(guest);
};

for (const [main, activity] of [
  ["reads", "waitsForInput"],
  ["main handler", "serves"],
  ["exports", "exports"],
  ["exportsNothing", "runs"],
  // It does not read its connection, and is not waited for.
  ["forever", "runs"],
] as const) {
  test(`Run.activity() of a program "${main}" is "${activity}"`, async () => {
    const programs = { reads, exports, exportsNothing, forever, main: forever };
    await using bench = openBench(programs);
    const { run } = bench.start({ tree: createTree({ "bin/main.wasm": main }) });
    await expect
      .poll(async () => (await run.activity()).activity, { timeout: 4000 })
      .toBe(activity);
    run.stop("").catch(() => undefined);
    await run.wait();
    expect((await run.activity()).activity).toBe("runs");
  });
}
