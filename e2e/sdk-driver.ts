/** In a page: what programs do with a sandbox by the SDK; what is to be checked is told, since a page has no expectations. */
import { Sandbox } from "e2b";
import { SDK_STEPS } from "../src/agent/sdk-drive.testing.ts";

export interface Check {
  readonly kind: "toEqual" | "toMatchObject";
  readonly actual: unknown;
  readonly expected: unknown;
  readonly message: string;
}

/** Does one step, and gives what it expects. */
export type Drive = (sandboxUrl: string, step: string) => Promise<readonly Check[]>;

const drive: Drive = async (sandboxUrl, name) => {
  const sandbox = await Sandbox.create({ debug: true, sandboxUrl });
  const checks: Check[] = [];
  await SDK_STEPS[name]?.(sandbox, (actual, message = "") => ({
    toEqual(expected) {
      checks.push({ kind: "toEqual", ...copy({ actual, expected }), message });
    },
    toMatchObject(expected) {
      // What the objects of the SDK give by accessors does not cross to the test by itself.
      const fields = Object.keys(expected).map((field) => [
        field,
        (actual as Record<string, unknown>)[field],
      ]);
      const found: unknown = Array.isArray(actual) ? actual : Object.fromEntries(fields);
      checks.push({ kind: "toMatchObject", ...copy({ actual: found, expected }), message });
    },
  }));
  return checks;
};

/** As it is now. */
function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

Object.assign(globalThis, { drive });
