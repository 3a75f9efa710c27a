import { expect, test } from "vitest";
import { graft, openBench } from "./kernel-bench.testing.ts";

test("charges a process for the time that its messages take", async () => {
  await using bench = openBench({
    async main(guest) {
      const { session } = await graft(guest);
      const calls = Array.from({ length: 5000 }, () => session.executor.echo("x"));
      await Promise.all(calls);
      return 0;
    },
  });
  expect(await bench.start().outcome).toEqual({ type: "exited", code: 0 });
  expect(bench.cells.charged.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(0);
});
