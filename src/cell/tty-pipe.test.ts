import { createDuplexPair } from "#base";
import { expect, test } from "vitest";
import { openTtyGuest, openTtyHost, TTY_BYTES } from "./tty-pipe.ts";

const SIZE = { columns: 80, rows: 24 };

/** Waits until everything in flight has arrived. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await Promise.resolve();
}

function open() {
  const [near, far] = createDuplexPair(TTY_BYTES);
  const modes: string[] = [];
  const host = openTtyHost(near, (mode) => modes.push(mode), new AbortController().signal);
  return { host, guest: openTtyGuest(far, SIZE), modes, near, far };
}

test("a program is told of sizes, and has the latest", async () => {
  const { host, guest } = open();
  expect(guest.size()).toEqual(SIZE);
  const events = guest.subscribe();
  expect(events.ready).toBe(false);
  const waiting = events.wait();
  host.resize({ columns: 300, rows: 70 });
  await waiting;
  expect(events.ready).toBe(true);
  expect(guest.size()).toEqual({ columns: 300, rows: 70 });
  expect(guest.nextEvent()).toEqual({ tag: "resized", val: { columns: 300, rows: 70 } });
  expect(guest.nextEvent()).toBeUndefined();
});

test("a program is interrupted by an event once it has asked for events", async () => {
  const { host, guest } = open();
  expect(host.interrupt()).toBe(false);
  guest.subscribe();
  guest.subscribe();
  await settle();
  expect(host.interrupt()).toBe(true);
  expect(guest.nextEvent()).toEqual({ tag: "interrupted" });
});

test("modes arrive in order, and other bytes are nothing", async () => {
  const { guest, modes, far } = open();
  expect(guest.setMode("raw")).toBe(true);
  far.sink.offer(Uint8Array.of(77, 255));
  expect(guest.setMode("cooked")).toBe(true);
  await settle();
  expect(modes).toEqual(["raw", "cooked"]);
});

test("a program that takes no events for long is told the latest size, and that it was interrupted", async () => {
  const { host, guest } = open();
  guest.subscribe();
  await settle();
  for (let columns = 1; columns <= 1000; columns++) {
    host.resize({ columns, rows: 1 });
    if (columns > 900) expect(host.interrupt()).toBe(true);
  }
  const early = [];
  for (let event; (event = guest.nextEvent()) !== undefined;) early.push(event);
  expect(early).toHaveLength(Math.floor(TTY_BYTES / 5));
  early.forEach((event, at) => {
    expect(event).toEqual({ tag: "resized", val: { columns: at + 1, rows: 1 } });
  });
  await settle();
  expect(guest.nextEvent()).toEqual({ tag: "interrupted" });
  expect(guest.nextEvent()).toEqual({ tag: "resized", val: { columns: 1000, rows: 1 } });
  expect(guest.nextEvent()).toBeUndefined();
  expect(guest.size()).toEqual({ columns: 1000, rows: 1 });
});

test("a terminal that is gone does nothing", () => {
  const { host, guest, near, far } = open();
  far[Symbol.dispose]();
  near[Symbol.dispose]();
  host.resize(SIZE);
  expect(guest.setMode("raw")).toBe(false);
  expect(host.interrupt()).toBe(false);
});
