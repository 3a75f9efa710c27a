import { expect, test } from "vitest";
import { concatBytes, createTurns, equalBytes } from "#base";
import { addingGlobal, createModule, plainFunction } from "./large-module.testing.ts";
import { limitModule, measureModule } from "./limit-module.ts";
import { concatInTurns, doInTurns, Pace } from "./work.ts";
import type { Work } from "./work.ts";

const MiB = 1024 * 1024;
const takeTurn = createTurns(1);

/** How often the work yields. */
function countTurns(work: Work<unknown>): number {
  let turns = 0;
  while (work.next().done !== true) turns++;
  return turns;
}

test.for([
  ["types", createModule({ id: 1, count: 200_000, item: plainFunction })],
  ["globals", createModule({ id: 6, count: 40_000, item: addingGlobal(20) })],
  ["instructions", createModule({ id: 6, count: 1, item: addingGlobal(MiB) })],
] as const)("measureModule() gives way to others while it looks at many %s", ([, module]) => {
  expect(module.length).toBeGreaterThan(2 * MiB);
  expect(countTurns(measureModule(module, new Pace()))).toBeGreaterThanOrEqual(4);
});

test("measureModule() looks at what is little at once", () => {
  const module = createModule(
    { id: 1, count: 100, item: plainFunction },
    { id: 6, count: 100, item: addingGlobal(20) },
  );
  expect(countTurns(measureModule(module, new Pace()))).toBe(0);
});

test("limitModule() gives way to others while it copies many bytes", () => {
  const module = createModule(
    { id: 5, count: 1, item: [0, 1] },
    { id: 11, count: 1, item: new Uint8Array(64 * MiB) },
  );
  const limits = { extraPages: 1, extraEntries: 1 };
  expect(countTurns(limitModule(module, limits))).toBeGreaterThanOrEqual(7);
});

test("concatInTurns() joins all parts, however long", async () => {
  const parts = [Uint8Array.of(1, 2), new Uint8Array(0), new Uint8Array(9 * MiB).fill(3)];
  const joined = await doInTurns(concatInTurns(parts), new AbortController().signal);
  expect(equalBytes(joined, concatBytes(parts))).toBe(true);
});

test("doInTurns() stops between two pieces at its signal, and lets others have their turn", async () => {
  const stop = new AbortController();
  let pieces = 0;
  const endless = (function* endless(): Work<never> {
    for (;;) {
      pieces++;
      yield;
    }
  })();
  const doing = doInTurns(endless, stop.signal);
  const reason = new Error("no longer wanted");
  const stopping = (async () => {
    for (let turns = 0; turns < 3; turns++) await takeTurn();
    stop.abort(reason);
    return pieces;
  })();
  await expect(doing).rejects.toBe(reason);
  expect(pieces).toBe(await stopping);
});

test("doInTurns() takes no turn for what yields nowhere", async () => {
  let hadTurn = false;
  void takeTurn()?.then(() => (hadTurn = true));
  const little = concatInTurns([Uint8Array.of(7)]);
  await doInTurns(little, new AbortController().signal);
  expect(hadTurn).toBe(false);
});
