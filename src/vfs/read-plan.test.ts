import { expect, test } from "vitest";
import { createReadPlan } from "./read-plan.ts";

test("createReadPlan() looks twice as far ahead with each read that goes on, up to a limit", () => {
  const plan = createReadPlan(10, 35);
  const ahead = [0, 1, 2, 3, 4, 5].map((at) => plan.aheadOf(at * 5, at * 5 + 5));
  expect(ahead).toEqual([0, 10, 20, 35, 35, 35]);
});

test("createReadPlan() looks nowhere ahead for reads here and there, and tells that they are", () => {
  const plan = createReadPlan(10, 100);
  for (let at = 8; at > 0; at--) {
    expect(plan.isScattered).toBe(false);
    expect(plan.aheadOf(at * 100, at * 100 + 5)).toBe(0);
  }
  expect(plan.isScattered).toBe(true);
  plan.aheadOf(105, 110);
  expect(plan.isScattered).toBe(false);
});

test("createReadPlan() tells readers apart that read the same file in turns", () => {
  const plan = createReadPlan(10, 100);
  const both = [0, 1, 2, 3].map((at) => [
    plan.aheadOf(at, at + 1),
    plan.aheadOf(1000 + at, 1001 + at),
  ]);
  expect(both).toEqual([
    [0, 0],
    [10, 10],
    [20, 20],
    [40, 40],
  ]);
});
