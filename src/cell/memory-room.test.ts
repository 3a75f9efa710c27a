import { expect, test } from "vitest";
import type { ExitStatus } from "#base";
import { createMemoryRoom } from "./memory-room.ts";

function openCell() {
  const { promise: exited, resolve } = Promise.withResolvers<ExitStatus>();
  return { exited, end: () => resolve({ type: "exited", code: 0 }) };
}

test("start() refuses a cell for whose memories there is no room, until others have ended", async () => {
  const room = createMemoryRoom(4);
  const first = room.start(3, openCell);
  room.start(1, openCell);
  const refused = (): unknown => room.start(1, openCell);
  expect(refused).toThrow("has room for 4 memories of programs, and 4 are in use; end some first");
  expect(refused).toThrow(expect.objectContaining({ kind: "overloaded" }));
  first.end();
  await first.exited;
  room.start(3, openCell);
  expect(refused).toThrow("4 are in use");
});

test("start() keeps no room for a cell that could not be started", () => {
  const room = createMemoryRoom(1);
  const start = (): unknown =>
    room.start(1, () => {
      throw new Error("no worker");
    });
  expect(start).toThrow("no worker");
  room.start(1, openCell);
});
