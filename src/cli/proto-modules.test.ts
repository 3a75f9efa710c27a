import { expect, test } from "vitest";
import { makeProtoModules, readProtoModules } from "./proto-modules.ts";

test("makeProtoModules() makes the modules that stand in the agent", () => {
  const modules = makeProtoModules();
  expect(modules.size).toBe(2);
  expect(Object.fromEntries(readProtoModules())).toEqual(Object.fromEntries(modules));
});
