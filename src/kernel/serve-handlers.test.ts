/** What an owner hears of a program that can serve nothing. */
import { expect, test } from "vitest";
import { cast } from "#capnp";
import { HttpHandler } from "#schema";
import { forever, openBench } from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";

const REQUEST = { method: "GET", path: "/", scheme: "http" };
const UNCONNECTED = createTree({ "bin/main.wasm": "main unconnected" });

test("findHandler() refuses a program that can serve nothing, at once and with the reason", async () => {
  await using bench = openBench({ main: forever });
  const { run } = bench.start({ tree: UNCONNECTED });
  await expect.poll(() => bench.cells.running).toEqual(["main"]);
  using listed = await run.handlers();
  expect(listed.handlers).toEqual([]);
  for (const name of ["", "program"]) {
    using found = run.handler(name);
    await expect(found.handler.handle(REQUEST)).rejects.toMatchObject({
      kind: "unimplemented",
      message: expect.stringContaining("The program serves nothing"),
    });
  }
  using first = run.bootstrap();
  using handler = cast(first.cap, HttpHandler);
  await expect(handler.handle(REQUEST)).rejects.toThrow("The program serves nothing");
});
