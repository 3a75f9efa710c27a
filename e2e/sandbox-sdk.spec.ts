/** The SDK that programs for sandboxes are written with, against `ww sandbox`: real cells in a headless browser. */
import { Sandbox } from "e2b";
import { expect, test as base } from "playwright/test";
import { SDK_STEPS } from "../src/agent/sdk-drive.testing.ts";
import { start } from "./ww.ts";

const test = base.extend<object, { sandbox: Sandbox }>({
  sandbox: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of what it is to give
    async ({}, use) => {
      const command = start(["sandbox", "--agent-port", "0"]);
      await command.printed("sandbox\n");
      const [sandboxUrl = ""] = command.out.split(" ");
      await use(await Sandbox.create({ debug: true, sandboxUrl }));
      command.stop("SIGTERM");
      await command.result;
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

for (const [name, step] of Object.entries(SDK_STEPS)) {
  test(`the SDK ${name}`, ({ sandbox }) => step(sandbox, expect));
}
