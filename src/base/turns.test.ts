import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

test("createTurns() lets a timer fire, once in so many calls", async () => {
  const turns = createTurns(3);
  expect([turns(), turns()]).toEqual([undefined, undefined]);
  const fired = new AbortController();
  setTimeout(() => fired.abort(), 0);
  for (let at = 0; at < 300_000 && !fired.signal.aborted; at++) await turns();
  expect(fired.signal.aborted).toBe(true);
});

test("createTurns() takes a turn as soon as the steps of its calls are enough", async () => {
  const turns = createTurns(100);
  expect([turns(99), turns(0)]).toEqual([undefined, undefined]);
  await expect(turns(5000)).resolves.toBe(undefined);
  expect(turns(99)).toBe(undefined);
  await expect(turns()).resolves.toBe(undefined);
});
