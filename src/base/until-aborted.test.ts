import { expect, test } from "vitest";
import { untilAborted } from "./until-aborted.ts";

const never = new Promise<never>(() => undefined);

test("untilAborted() gives the outcome, unless the signal fires first or has fired", async () => {
  expect(await untilAborted(Promise.resolve(1), undefined)).toBe(1);
  const stop = new AbortController();
  expect(await untilAborted(Promise.resolve(1), stop.signal)).toBe(1);
  await expect(untilAborted(Promise.reject(new Error("no")), stop.signal)).rejects.toThrow("no");
  const waiting = untilAborted(never, stop.signal);
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await expect(untilAborted(never, stop.signal)).rejects.toThrow("enough");
});
