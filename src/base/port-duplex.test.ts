import { expect, test } from "vitest";
import { testDuplex } from "./duplex.conformance.ts";
import { openPortDuplex } from "./port-duplex.ts";
import { readAll } from "./duplex.ts";
import type { Duplex } from "./duplex.ts";
import { createStayAwake } from "./stay-awake.ts";

testDuplex("openPortDuplex()", (windowBytes) => {
  const { port1, port2 } = new MessageChannel();
  return [openPortDuplex(port1, { windowBytes }), openPortDuplex(port2, { windowBytes })];
});

testDuplex("openPortDuplex() that stays awake", (windowBytes) => {
  const { port1, port2 } = new MessageChannel();
  const open = (port: MessagePort): Duplex =>
    openPortDuplex(port, { windowBytes, awake: createStayAwake() });
  return [open(port1), open(port2)];
});

function openPair(gone?: AbortSignal): [Duplex, Duplex] {
  const { port1, port2 } = new MessageChannel();
  return [openPortDuplex(port1, { gone }), openPortDuplex(port2)];
}

test("write() carries arrays that are large enough to be moved, one after the other", async () => {
  const [near, far] = openPair();
  const all = readAll(far.source, 1_000_000);
  for (let at = 0; at < 10; at++) await near.sink.write(new Uint8Array(60_000).fill(at));
  near.sink.close();
  const bytes = await all;
  expect(bytes).toHaveLength(600_000);
  expect(bytes[599_999]).toBe(9);
  near[Symbol.dispose]();
  far[Symbol.dispose]();
});

test("openPortDuplex() ends where it stands when the far end's owner is gone", async () => {
  const gone = new AbortController();
  const [near, far] = openPair(gone.signal);
  await far.sink.write(Uint8Array.of(1, 2, 3));
  await near.source.ready();
  gone.abort();
  expect(near.sink.closed).toBe(true);
  expect(await near.source.read(10)).toEqual(Uint8Array.of(1, 2, 3));
  expect(await near.source.read(10)).toBeUndefined();
  far[Symbol.dispose]();
});
