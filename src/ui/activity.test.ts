import { expect, test } from "vitest";
import type { Activity, Run } from "#schema";
import { watchActivity } from "./activity.ts";
import type { WatchedActivity } from "./activity.ts";

interface Bench {
  readonly watched: WatchedActivity;
  /** Lets three seconds pass, after which the program does this. */
  pass(activity: Activity): Promise<void>;
  readonly end: () => void;
}

function open(): Bench {
  const timers: (() => void)[] = [];
  const over = new AbortController();
  let now: Activity = "runs";
  const watched = watchActivity((_ms, action, until) => {
    timers.push(() => void (until.aborted || action()));
  });
  const run = { activity: async () => ({ activity: now }) } as unknown as Pick<Run, "activity">;
  watched.follow(run, over.signal);
  return {
    watched,
    async pass(activity) {
      now = activity;
      for (const timer of timers.splice(0)) timer();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    },
    end: () => over.abort(),
  };
}

test("watchActivity() says that a program has shown nothing, until it has", async () => {
  const bench = open();
  const { shown } = bench.watched;
  expect(shown.value).toBeUndefined();
  await bench.pass("runs");
  expect(shown.value).toBe("silent");
  bench.watched.heard();
  await bench.pass("runs");
  expect(shown.value).toBeUndefined();
  await bench.pass("runs");
  expect(shown.value).toBeUndefined();
});

test("watchActivity() says that a program waits for input after three seconds without output, and does not flicker", async () => {
  const bench = open();
  const { shown } = bench.watched;
  bench.watched.heard();
  await bench.pass("waitsForInput");
  expect(shown.value).toBeUndefined();
  await bench.pass("waitsForInput");
  expect(shown.value).toBe("waitsForInput");
  bench.watched.heard();
  await bench.pass("waitsForInput");
  expect(shown.value).toBe("waitsForInput");
  await bench.pass("runs");
  expect(shown.value).toBeUndefined();
});

test("watchActivity() says what serves others, and nothing after the end", async () => {
  const bench = open();
  const { shown } = bench.watched;
  bench.watched.heard();
  await bench.pass("serves");
  expect(shown.value).toBe("serves");
  await bench.pass("exports");
  expect(shown.value).toBe("exports");
  bench.end();
  expect(shown.value).toBeUndefined();
  await bench.pass("serves");
  expect(shown.value).toBeUndefined();
});
