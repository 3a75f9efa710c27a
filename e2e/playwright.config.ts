/** Stories: what a visitor meets, on the built page in a real browser. `npm run e2e`, after `npx vite build`. */
import type { PlaywrightTestConfig } from "playwright/test";
import { chromiumLaunch } from "../src/cli/chromium.ts";
import type { WwOptions } from "./ww-test.ts";

const config: PlaywrightTestConfig<object, WwOptions> = {
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results",
  reporter: "list",
  forbidOnly: true,
  fullyParallel: true,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  projects: [
    { name: "stories" },
    // The same of `ww run` in the browser that `ww up --warm` keeps.
    {
      name: "warm",
      testMatch: "{ww-command,ww-grants,http-grant,peer-service}.spec.ts",
      grep: /ww run/,
      // It is not below the run, which cannot stop it.
      grepInvert: /the browser answers no more/,
      use: { isWarm: true },
    },
  ],
  use: { browserName: "chromium", launchOptions: chromiumLaunch(), actionTimeout: 20_000 },
};

export default config;
