/** Programs are run in processes of their own here, as they would be killed with us otherwise. */
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
    // The pipe is at its end when the last one that could write to it is gone, the sleeper too.
    await once(parent.stdout, "close");
  },
);
