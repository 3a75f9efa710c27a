import { expect, test } from "vitest";
import { parseForm } from "./json-form.ts";

test("parseForm() refuses a file that is nested too deeply, in a sentence", () => {
  expect(() => parseForm("[".repeat(200_000), "grants.json")).toThrow(
    '"grants.json" is nested too deeply',
  );
});
