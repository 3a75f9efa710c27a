/** Tests of `ww run`, in a browser of each run's own or in one that is kept warm. */
import { test as base } from "playwright/test";
import type {
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
  TestType,
} from "playwright/test";
import { start } from "./ww.ts";
import type { Running } from "./ww.ts";

export interface WwOptions {
  /** Whether `ww up --warm` runs. */
  readonly isWarm: boolean;
}

interface WwFixtures extends WwOptions {
  /** Present if it runs. */
  readonly resident: Running | undefined;
}

type WwTest = TestType<
  PlaywrightTestArgs & PlaywrightTestOptions,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & WwFixtures
>;

export const test: WwTest = base.extend<object, WwFixtures>({
  isWarm: [false, { option: true, scope: "worker" }],
  resident: [
    async ({ isWarm }, use) => {
      const resident = isWarm ? start(["up", "--warm", "--port", "0"]) : undefined;
      await resident?.printed("for ww run\n");
      await use(resident);
      resident?.stop("SIGTERM");
      await resident?.result;
    },
    { auto: true, scope: "worker" },
  ],
});
