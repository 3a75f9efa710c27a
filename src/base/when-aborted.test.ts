import { expect, test } from "vitest";
import { whenAborted } from "./when-aborted.ts";

test("whenAborted() tells everyone who asked once, in order, and nobody who took it back", () => {
  const stop = new AbortController();
  const told: string[] = [];
  whenAborted(stop.signal, () => told.push("a"));
  const takeBack = whenAborted(stop.signal, () => told.push("b"));
  whenAborted(stop.signal, () => told.push("c"));
  takeBack();
  stop.abort();
  takeBack();
  expect(told).toEqual(["a", "c"]);
});

test("whenAborted() listens once for all, and not at all when nobody asks any more", () => {
  const { signal } = new AbortController();
  const listeners: unknown[] = [];
  signal.addEventListener = (_type: string, listener: unknown) => void listeners.push(listener);
  signal.removeEventListener = (_type: string, listener: unknown) => {
    listeners.splice(listeners.indexOf(listener), 1);
  };
  const takeBack = [1, 2, 3].map(() => whenAborted(signal, () => undefined));
  expect(listeners).toHaveLength(1);
  for (const take of takeBack) take();
  expect(listeners).toHaveLength(0);
  whenAborted(signal, () => undefined);
  expect(listeners).toHaveLength(1);
});

test("whenAborted() lets one who is told take back another", () => {
  const stop = new AbortController();
  const told: string[] = [];
  whenAborted(stop.signal, () => takeBack());
  const takeBack = whenAborted(stop.signal, () => told.push("taken back"));
  stop.abort();
  expect(told).toEqual([]);
});
