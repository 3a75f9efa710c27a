import { expect, test } from "vitest";
import { testDuplex } from "./duplex.conformance.ts";
import { createDuplexPair, createPipe } from "./pipe.ts";

testDuplex("createDuplexPair()", createDuplexPair);

test("read() joins small writes, so that a slow reader does not make writers write less and less", async () => {
  const { source, sink } = createPipe(1024);
  for (let at = 0; at < 10; at++) await sink.write(Uint8Array.of(at, at));
  expect([...((await source.read(5)) ?? [])]).toEqual([0, 0, 1, 1, 2]);
  expect([...((await source.read(1024)) ?? [])]).toHaveLength(15);
});
