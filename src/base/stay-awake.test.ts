import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStayAwake } from "./stay-awake.ts";

const ROUNDS = 16;
const SHORT_BYTES = 1024;
const BULK_BYTES = 16 * 1024;
/** Number of messages that the thread has posted to itself. */
let countRounds: () => number;

beforeEach(() => {
  const posts = vi.spyOn(MessagePort.prototype, "postMessage");
  countRounds = () => posts.mock.calls.length;
});
afterEach(() => vi.restoreAllMocks());

test("goes round as often as it may, and no more, where nothing comes", async () => {
  using awake = createStayAwake();
  awake.sent(SHORT_BYTES);
  await sleep();
  expect(countRounds()).toBe(ROUNDS);
});

test("sleeps where what was sent is long", async () => {
  using awake = createStayAwake();
  awake.sent(SHORT_BYTES + 1);
  await sleep();
  expect(countRounds()).toBe(0);
});

test("stops at once when something has come", async () => {
  using awake = createStayAwake();
  awake.sent(SHORT_BYTES);
  awake.arrived(SHORT_BYTES);
  await sleep();
  expect(countRounds()).toBe(1);
});

test("sleeps where a lot comes at a time, until little comes", async () => {
  using awake = createStayAwake();
  awake.arrived(BULK_BYTES);
  expect(await countOccasions(() => awake.sent(SHORT_BYTES), 1)).toEqual([0]);
  awake.arrived(BULK_BYTES - 1);
  expect(await countOccasions(() => awake.sent(SHORT_BYTES), 1)).toEqual([ROUNDS]);
});

test("begins anew with what is sent next", async () => {
  using awake = createStayAwake();
  awake.sent(SHORT_BYTES);
  awake.sent(SHORT_BYTES);
  await sleep();
  expect(countRounds()).toBe(ROUNDS);
  expect(await countOccasions(() => awake.sent(SHORT_BYTES), 2)).toEqual([0, ROUNDS]);
});

test("tries less and less often while it is in vain, and again at once when it was not", async () => {
  using awake = createStayAwake();
  const made = await countOccasions(() => awake.sent(SHORT_BYTES), 11);
  expect(made).toEqual([ROUNDS, 0, ROUNDS, 0, 0, 0, ROUNDS, 0, 0, 0, 0]);
  const helped = await countOccasions(() => {
    awake.sent(SHORT_BYTES);
    awake.arrived(SHORT_BYTES);
  }, 6);
  expect(helped).toEqual([0, 0, 0, 1, 1, 1]);
});

test("goes round no more when it is disposed", async () => {
  const awake = createStayAwake();
  awake.sent(SHORT_BYTES);
  awake[Symbol.dispose]();
  awake[Symbol.dispose]();
  await sleep();
  awake.sent(SHORT_BYTES);
  await sleep();
  expect(countRounds()).toBeLessThan(ROUNDS);
});

/** The number of rounds after each of `count` occasions. */
async function countOccasions(occasion: () => void, count: number): Promise<number[]> {
  const made: number[] = [];
  for (let i = 0; i < count; i++) {
    const before = countRounds();
    occasion();
    await sleep();
    made.push(countRounds() - before);
  }
  return made;
}

/** Resolves when the thread has had nothing to do for longer than all rounds take. */
async function sleep(): Promise<void> {
  let seen;
  do {
    seen = countRounds();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  } while (countRounds() !== seen);
}
