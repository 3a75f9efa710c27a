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
