import { expect, test } from "vitest";
import { graft, openBench, spawn } from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";
import type { Guest } from "./memory-cells.testing.ts";

test("boot() has all processes read the image and the mounts through one cache of the run", async () => {
  const seen: (string | undefined)[] = [];
  const note = ({ tree, mounts = [] }: Guest["request"]): void => {
    seen.push(...[tree, ...mounts.map((mount) => mount.tree)].map(({ id }) => id));
  };
  await using bench = openBench({
    async child(guest) {
      note(guest.request);
      return 0;
    },
    async main(guest) {
      note(guest.request);
      const { session } = await graft(guest);
      return (await (await spawn(session, "child")).wait()).exitCode;
    },
  });
  const tree = { ...createTree({ "bin/main.wasm": "main" }), id: "image" };
  const mounts = [{ path: "data", layer: "mount" }];
  for (const at of [1, 2]) {
    const started = bench.start({ tree, mounts });
    expect(await started.outcome).toEqual({ type: "exited", code: 0 });
    const image = `cache ${at} of image`;
    expect(seen.splice(0)).toEqual([image, `cache ${at} of mount`, image]);
  }
  expect(bench.cells.caches).toEqual([64 * 1024 ** 2, 64 * 1024 ** 2]);
});
