import { expect, test } from "vitest";
import { whenAborted } from "./when-aborted.ts";

test("whenAborted() tells everyone who asked once, in order, and nobody who took it back", () => {
  const stop = new AbortController();
  const called: string[] = [];
  whenAborted(stop.signal, () => called.push("a"));
  const unregister = whenAborted(stop.signal, () => called.push("b"));
  whenAborted(stop.signal, () => called.push("c"));
  unregister();
  stop.abort();
  unregister();
  expect(called).toEqual(["a", "c"]);
});

test("whenAborted() listens once for all, and not at all when nobody asks any more", () => {
  const { signal } = new AbortController();
  const listeners: unknown[] = [];
  signal.addEventListener = (_type: string, listener: unknown) => void listeners.push(listener);
  signal.removeEventListener = (_type: string, listener: unknown) => {
    listeners.splice(listeners.indexOf(listener), 1);
  };
  const unregister = [1, 2, 3].map(() => whenAborted(signal, () => undefined));
  expect(listeners).toHaveLength(1);
  for (const remove of unregister) remove();
  expect(listeners).toHaveLength(0);
  whenAborted(signal, () => undefined);
  expect(listeners).toHaveLength(1);
});

test("whenAborted() lets one callback remove another", () => {
  const stop = new AbortController();
  const called: string[] = [];
  whenAborted(stop.signal, () => unregister());
  const unregister = whenAborted(stop.signal, () => called.push("taken back"));
  stop.abort();
  expect(called).toEqual([]);
});
