/** `run()` is called in child processes here, since the signals under test would end the test's own process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { run } from "./run.mjs";

test("run() gives exit code and output, and 127 for a program that is not there", async () => {
  const both = await run("sh", ["-c", "echo out; echo err >&2; exit 3"], { quiet: true });
  expect(both.code).toBe(3);
  expect(both.output.split("\n").toSorted()).toEqual(["", "err", "out"]);
  expect((await run("no-such-program", [], { quiet: true })).code).toBe(127);
});

test.each(["SIGINT", "SIGTERM"])(
  "run() ends a program and what it started on %s",
  async (signal) => {
    const module = JSON.stringify(new URL("run.mjs", import.meta.url).href);
    const script = `import { run } from ${module}; await run("sh", ["-c", "sleep 1000 & echo up; wait"]);`;
    const parent = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(parent.stdout, "data");
    parent.kill(signal);
    // The pipe ends when the last process that could write to it is gone, the sleeper included.
    await once(parent.stdout, "close");
  },
);
