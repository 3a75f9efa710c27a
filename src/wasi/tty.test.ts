import { expect, test } from "vitest";
import { createTestWaits } from "./powers.testing.ts";
import { createTty, type TtyEvent, type TtyMode, type TtyPower } from "./tty.ts";
import { Pollable } from "./poll.ts";

interface Imports {
  size(): { columns: number; rows: number } | undefined;
  setMode(mode: TtyMode): void;
  subscribe(): Pollable;
  nextEvent(): TtyEvent | undefined;
}

const open = (power: TtyPower | undefined): Imports =>
  createTty(power, createTestWaits()) as unknown as Imports;

test("createTty() gives size, mode and events of the terminal", async () => {
  const events: TtyEvent[] = [];
  const modes: TtyMode[] = [];
  let wake: (() => void) | undefined;
  const tty = open({
    size: () => ({ columns: 80, rows: 24 }),
    setMode: (mode) => modes.push(mode) > 0,
    subscribe: () => ({
      get ready() {
        return events.length > 0;
      },
      wait: () => new Promise((resolve) => (wake = resolve)),
    }),
    nextEvent: () => events.shift(),
  });
  expect(tty.size()).toEqual({ columns: 80, rows: 24 });
  tty.setMode("raw");
  expect(modes).toEqual(["raw"]);
  const pollable = tty.subscribe();
  expect(await pollable.ready()).toBe(false);
  expect(tty.nextEvent()).toBeUndefined();
  const blocked = Promise.resolve(pollable.block());
  await Promise.resolve();
  events.push({ tag: "interrupted" });
  wake?.();
  await blocked;
  expect(tty.nextEvent()).toEqual({ tag: "interrupted" });
});

test("createTty() refuses a mode that the terminal does not do", () => {
  const tty = open({
    size: () => undefined,
    setMode: () => false,
    subscribe: () => ({ ready: false, wait: () => Promise.resolve() }),
    nextEvent: () => undefined,
  });
  expect(() => tty.setMode("raw")).toThrow();
});

test("createTty() is of use to a cell without a terminal", async () => {
  const tty = open(undefined);
  expect(tty.size()).toBeUndefined();
  expect(tty.nextEvent()).toBeUndefined();
  // A result whose error has no value.
  let refused: unknown = "nothing was thrown";
  try {
    tty.setMode("raw");
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeUndefined();
  const pollable = tty.subscribe();
  expect(await pollable.ready()).toBe(false);
  const waiting = new AbortController();
  const waited = Pollable.awaited(pollable).wait({ signal: waiting.signal });
  waiting.abort(new RangeError("enough"));
  await expect(waited).rejects.toThrow("enough");
});
