/** What tests of `ww sandbox` stand on: one for all of a file, and the SDK's sandbox that it is. */
import { Sandbox } from "e2b";
import { expect, test as base } from "playwright/test";
import type {
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
  TestType,
} from "playwright/test";
import { SDK_STEPS } from "../src/agent/sdk-drive.testing.ts";
import { start } from "./ww.ts";

interface SandboxFixtures {
  /** How cells wait. */
  cells: string;
  /** Of the port of agents. */
  url: string;
  sandbox: Sandbox;
}

type SandboxTest = TestType<
  PlaywrightTestArgs & PlaywrightTestOptions,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & SandboxFixtures
>;

export const test: SandboxTest = base.extend<object, SandboxFixtures>({
  cells: ["shared-memory", { scope: "worker", option: true }],
  url: [
    async ({ cells }, use) => {
      const command = start(["sandbox", "--agent-port", "0", "--cells", cells]);
      await command.printed("sandbox\n");
      const [sandboxUrl = ""] = command.out.split(" ");
      await use(sandboxUrl);
      command.stop("SIGTERM");
      await command.result;
    },
    { scope: "worker", timeout: 60_000 },
  ],
  sandbox: [
    async ({ url }, use) => use(await Sandbox.create({ debug: true, sandboxUrl: url })),
    { scope: "worker" },
  ],
});

/** All that programs do with a sandbox, as tests of the file that calls this. */
export function driveAll(): void {
  for (const [name, step] of Object.entries(SDK_STEPS)) {
    test(`the SDK ${name}`, ({ sandbox }) => step(sandbox, expect));
  }
}
