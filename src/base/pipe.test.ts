import { expect, test } from "vitest";
import { testDuplex } from "./duplex.conformance.ts";
import { createDuplexPair, createInbox, createPipe } from "./pipe.ts";

testDuplex("createDuplexPair()", createDuplexPair);

test("read() joins small writes, so that a slow reader does not make writers write less and less", async () => {
  const { source, sink } = createPipe(1024);
  for (let at = 0; at < 10; at++) await sink.write(Uint8Array.of(at, at));
  expect([...((await source.read(5)) ?? [])]).toEqual([0, 0, 1, 1, 2]);
  expect([...((await source.read(1024)) ?? [])]).toHaveLength(15);
});

test("short chunks are joined while they wait, and none is lost or moved", () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const inbox = createInbox({ onTaken() {}, onDisposed() {} });
  let [sent, got, wrong] = [0, 0, 0];
  const check = (bytes: Uint8Array): void => {
    for (const byte of bytes) if (byte !== got++ % 251) wrong++;
  };
  for (let step = 0; step < 20_000; step++) {
    const length = random(20) === 0 ? random(2000) : random(8);
    inbox.push(Uint8Array.from({ length }, () => sent++ % 251));
    if (random(3) > 0) continue;
    check(inbox.source.take(1 + random(40)));
    expect(inbox.heldBytes).toBe(sent - got);
  }
  while (inbox.heldBytes > 0) check(inbox.source.take(70_000));
  expect([got, wrong]).toEqual([sent, 0]);
});

test("many chunks of one byte share their memory", () => {
  const inbox = createInbox({ onTaken() {}, onDisposed() {} });
  for (let at = 0; at < 64 * 1024; at++) inbox.push(new Uint8Array(1));
  const memories = new Set<ArrayBufferLike>();
  while (inbox.heldBytes > 0) memories.add(inbox.source.take(1).buffer);
  expect(memories.size).toBeLessThan(100);
});
