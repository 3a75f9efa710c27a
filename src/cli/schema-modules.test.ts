import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { makeModules, readModules, SCHEMA_PLACES } from "./schema-modules.ts";

describe.skipIf(!hasCapnp())("generated modules (needs Debian's capnproto)", () => {
  test.each(SCHEMA_PLACES)("in $generated are those that npm run gen makes", (place) => {
    const modules = makeModules(place);
    expect(modules.size).toBeGreaterThan(0);
    expect(Object.fromEntries(readModules(place))).toEqual(Object.fromEntries(modules));
  });
});

function hasCapnp(): boolean {
  try {
    execFileSync("capnp", ["--version"]);
    return true;
  } catch {
    return false;
  }
}
