import { expect, test } from "vitest";
import { loadOnce } from "./index.ts";

test("loadOnce() loads once for all that ask, and again after a failure", async () => {
  let loads = 0;
  const part = loadOnce(async () => {
    if (++loads === 1) throw new Error("offline");
    return loads;
  });
  expect(await part.peek()).toBeUndefined();
  expect(loads).toBe(0);
  const both = [part.get(), part.get()];
  for (const failed of both) await expect(failed).rejects.toThrow("offline");
  expect(await part.peek()).toBeUndefined();
  expect(await Promise.all([part.get(), part.get(), part.peek()])).toEqual([2, 2, 2]);
});

test("loadOnce() starts again after a load that throws at once", async () => {
  let times = 0;
  const load = loadOnce((): Promise<number> => {
    if (++times === 1) throw new Error("not there");
    return Promise.resolve(times);
  });
  await expect(load.get()).rejects.toThrow("not there");
  expect(await load.get()).toBe(2);
});
