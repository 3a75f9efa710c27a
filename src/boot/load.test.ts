import { describe, expect, test } from "vitest";
import { createLoad } from "./load.ts";

const LONG_MS = 60_000;
const never = (): Promise<never> => new Promise(() => {});

describe("createLoad()", () => {
  test("loads once for all", async () => {
    let times = 0;
    const load = createLoad({ what: "it", open: async () => ++times, limitMs: LONG_MS });
    expect(await Promise.all([load.get(), load.get()])).toEqual([1, 1]);
    expect(await load.get()).toBe(1);
  });

  test("loads again after a failure, and when it is told to forget", async () => {
    let times = 0;
    const open = async (): Promise<number> => {
      if (++times === 1) throw new Error("not there");
      return times;
    };
    const load = createLoad({ what: "it", open, limitMs: LONG_MS });
    await expect(Promise.allSettled([load.get(), load.get()])).resolves.toMatchObject([
      { reason: { message: "not there" } },
      { reason: { message: "not there" } },
    ]);
    expect(await load.get()).toBe(2);
    load.forget();
    expect(await load.get()).toBe(3);
  });

  test("gives up what takes too long, and tells it so", async () => {
    const signals: AbortSignal[] = [];
    const open = (signal: AbortSignal): Promise<never> => {
      signals.push(signal);
      return never();
    };
    const load = createLoad({ what: "the thing", open, limitMs: 20 });
    const sentence = "Cannot load the thing: nothing has arrived for 0.02 s; run the image again";
    await expect(load.get()).rejects.toMatchObject({ kind: "overloaded", message: sentence });
    await expect(load.get()).rejects.toMatchObject({ message: sentence });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test("ends one caller's waiting by its signal, and nobody else's", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const load = createLoad({ what: "it", open: () => promise, limitMs: LONG_MS });
    const stop = new AbortController();
    const stopped = load.get({ signal: stop.signal });
    const other = load.get();
    stop.abort(new Error("Stopped"));
    await expect(stopped).rejects.toThrow("Stopped");
    await expect(load.get({ signal: stop.signal })).rejects.toThrow("Stopped");
    resolve("loaded");
    expect(await other).toBe("loaded");
  });
});
