import { expect, test } from "vitest";
import { RefCount } from "./ref-count.ts";

test("remove() returns true for the last reference only, even with too many releases", () => {
  const references = new RefCount();
  references.add();
  expect(references.remove()).toBe(false);
  expect(references.isHeld).toBe(true);
  expect(references.remove()).toBe(true);
  expect(references.isHeld).toBe(false);
  expect(references.remove()).toBe(false);
  expect(references.isHeld).toBe(false);
});
