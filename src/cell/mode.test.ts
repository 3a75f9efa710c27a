import { expect, test } from "vitest";
import { chooseMode } from "./mode.ts";

const SHARES = { crossOriginIsolated: true, Atomics: { waitAsync() {} } };
const SUSPENDS = { WebAssembly: { Suspending() {} } };
const NEITHER = { crossOriginIsolated: false, Atomics: {}, WebAssembly: {} };

test("chooseMode() takes shared memory where there is some, else JSPI", () => {
  expect(chooseMode({ ...SHARES, ...SUSPENDS })).toBe("shared-memory");
  expect(chooseMode({ ...NEITHER, ...SHARES })).toBe("shared-memory");
  expect(chooseMode({ ...NEITHER, ...SUSPENDS })).toBe("jspi");
  expect(chooseMode({ ...SHARES, ...SUSPENDS, crossOriginIsolated: false })).toBe("jspi");
});

test("chooseMode() obeys whoever wants one", () => {
  expect(chooseMode({ ...SHARES, ...SUSPENDS }, "jspi")).toBe("jspi");
  expect(chooseMode({ ...SHARES, ...SUSPENDS }, "shared-memory")).toBe("shared-memory");
});

test("chooseMode() says what is missing", () => {
  expect(() => chooseMode(NEITHER)).toThrow(
    "Cells cannot run here: this browser can neither suspend WebAssembly (JSPI) nor share memory with this page; use a current Chromium or Firefox",
  );
  expect(() => chooseMode({ ...NEITHER, ...SHARES }, "jspi")).toThrow("cannot suspend");
  expect(() => chooseMode({ ...NEITHER, ...SUSPENDS }, "shared-memory")).toThrow("COOP and COEP");
});
