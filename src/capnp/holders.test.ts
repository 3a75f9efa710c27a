import { expect, test } from "vitest";
import { Holders } from "./holders.ts";

test("Holders tells of the last holder once, also where more let go than have held", () => {
  const holders = new Holders();
  holders.add();
  expect(holders.remove()).toBe(false);
  expect(holders.any).toBe(true);
  expect(holders.remove()).toBe(true);
  expect(holders.any).toBe(false);
  expect(holders.remove()).toBe(false);
  expect(holders.any).toBe(false);
});
