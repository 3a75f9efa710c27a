import { expect, test } from "vitest";
import { createSlots } from "./slots.ts";

test("createSlots() gives so many at once, and the next when one is free, in order", async () => {
  const slots = createSlots(2);
  const first = await slots.take();
  const second = await slots.take();
  const given: string[] = [];
  const third = slots.take().then((slot) => {
    given.push("third");
    return slot;
  });
  const fourth = slots.take().then((slot) => {
    given.push("fourth");
    return slot;
  });
  first[Symbol.dispose]();
  // A slot is freed once, however often it is disposed.
  first[Symbol.dispose]();
  const held = await third;
  expect(given).toEqual(["third"]);
  second[Symbol.dispose]();
  await fourth;
  expect(given).toEqual(["third", "fourth"]);
  held[Symbol.dispose]();
  await slots.take();
});

test("createSlots() ends a wait with its signal, and keeps the slot for the next", async () => {
  const slots = createSlots(1);
  const first = await slots.take();
  const stop = new AbortController();
  const second = slots.take({ signal: stop.signal });
  const third = slots.take();
  stop.abort(new Error("enough"));
  await expect(second).rejects.toThrow("enough");
  await expect(slots.take({ signal: stop.signal })).rejects.toThrow("enough");
  first[Symbol.dispose]();
  await third;
});
