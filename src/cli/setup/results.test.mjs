/** The shapes are those that Vitest 5.1 and Playwright 1.65 wrote for files with one test of each kind. */
import { expect, test } from "vitest";
import { readPlaywright, readVitest } from "./results.mjs";

const spec = (title, status) => ({ title, tests: [{ status }] });

test("readVitest() counts by test, names the skipped, and counts a file that did not load", () => {
  const tests = Object.entries({
    passes: "passed",
    fails: "failed",
    skipped: "skipped",
    "not yet": "todo",
    "group inner": "passed",
  }).map(([fullName, status]) => ({ fullName, status }));
  expect(
    readVitest({
      testResults: [
        { status: "failed", assertionResults: tests },
        { status: "failed", assertionResults: [], message: "Cannot find module './nothing.ts'" },
      ],
    }),
  ).toEqual({ passed: 2, failed: 2, skipped: ["skipped", "not yet"] });
});

test("readPlaywright() counts by test in all suites, and errors outside of tests", () => {
  expect(
    readPlaywright({
      errors: [{ message: "Cannot find module './nothing.ts'" }],
      suites: [
        {
          specs: [spec("passes", "expected"), spec("fails", "unexpected")],
          suites: [{ specs: [spec("flaky", "flaky"), spec("skips itself", "skipped")] }],
        },
      ],
    }),
  ).toEqual({ passed: 2, failed: 2, skipped: ["skips itself"] });
});
