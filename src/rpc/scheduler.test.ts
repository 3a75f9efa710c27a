import { expect, test } from "vitest";
import { Inbox } from "./inbox.ts";
import { createScheduler } from "./scheduler.ts";
import { nextTurn } from "./turns.ts";

const FRAME = new Uint8Array(0);
const MESSAGE_MS = 0.1;
const FLOODS = 5;
const EACH = 2000;

function turn(): Promise<void> {
  return new Promise((resolve) => void nextTurn(resolve));
}

/** A thread whose clock advances with each message, and peers that send as fast as they are read. */
function openFloods() {
  let nowMs = 0;
  const scheduler = createScheduler(() => nowMs);
  const handled = Array.from({ length: FLOODS }, () => 0);
  const used = Array.from({ length: FLOODS }, () => 0);
  const floods = handled.map(async (_, at) => {
    const inbox = new Inbox(
      () => {
        nowMs += MESSAGE_MS;
        handled[at]!++;
      },
      scheduler,
      (ms) => {
        used[at]! += ms;
      },
    );
    for (let i = 0; i < EACH; i++) await inbox.receive(FRAME, false);
  });
  return {
    scheduler,
    handled,
    used,
    ended: Promise.all(floods),
    now: () => nowMs,
  };
}

test("createScheduler() lets one flood have one slice in each turn, by turns", async () => {
  const { handled, ended, now } = openFloods();
  // Both peers' first frames are handled, since the scheduler does not know yet that there will be more.
  await turn();
  const waits: number[] = [];
  while (handled.some((count) => count < EACH)) {
    const before = now();
    await turn();
    waits.push(now() - before);
    const counts = handled.toSorted((a, b) => a - b);
    expect(counts.at(-1)! - counts[0]!).toBeLessThan(EACH / 4);
  }
  await ended;
  expect(waits.length).toBeGreaterThan((FLOODS * EACH * MESSAGE_MS) / 20);
  expect(Math.max(...waits)).toBeLessThan(12);
});

test("createScheduler() tells what each has used", async () => {
  const { used, ended, scheduler, now } = openFloods();
  await ended;
  expect(scheduler.turn).toBeGreaterThan(1);
  const all = used.reduce((sum, ms) => sum + ms, 0);
  // Except messages below one clock step.
  expect(all).toBeGreaterThan(now() * 0.5);
  expect(all).toBeLessThanOrEqual(now());
});
