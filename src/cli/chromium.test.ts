import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { chromiumLaunch, warnOfNoSandbox } from "./chromium.ts";

test.each([
  [true, false, true],
  [false, true, true],
  [false, false, false],
])("warnOfNoSandbox(): terminal %s, verbose %s → %s", (isTTY, verbose, isSaid) => {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  warnOfNoSandbox({ stderr, verbose });
  const isWithout = chromiumLaunch().args.includes("--no-sandbox");
  const text = "ww: Chromium runs without its sandbox, as it has none for root\n";
  expect(String(stderr.read() ?? "")).toBe(isWithout && isSaid ? text : "");
});
