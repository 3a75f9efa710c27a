import { encodeText } from "#base";
import { expect, test } from "vitest";
import { openBench } from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";
import type { Guest } from "./memory-cells.testing.ts";

async function saysItsName({ request, component, stdout }: Guest): Promise<number> {
  await stdout.write(encodeText(`${request.argv0} ${component}`));
  return 0;
}

test.each([
  [{}, "bin/main.wasm", "main"],
  [{ entrypoint: "bin/tool.wasm" }, "bin/tool.wasm", "tool"],
  [{ entrypoint: "bin/tool.wasm", argv0: "bin/ls.wasm" }, "bin/ls.wasm", "tool"],
])(
  "run() starts the component at the entrypoint, by its name: %j",
  async (given, argv0, program) => {
    await using bench = openBench({ main: saysItsName, tool: saysItsName });
    const tree = createTree({ "bin/main.wasm": "main", "bin/tool.wasm": "tool" });
    const run = bench.start({ tree, ...given });
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
    expect(await run.stdout).toBe(`${argv0} ${program}`);
  },
);
