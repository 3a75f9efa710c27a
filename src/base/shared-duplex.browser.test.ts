import { expect, test } from "vitest";
import { readAll } from "./duplex.ts";
import type { Duplex } from "./duplex.ts";
import { allocateSharedDuplexes, openSharedDuplexes } from "./shared-duplex.ts";

const monotonicMs = (): number => performance.now();

test("a thread that blocks is woken by time, by bytes, by room and by the end", async () => {
  const worker = new Worker(new URL("blocking-echo.worker.testing.ts", import.meta.url), {
    type: "module",
  });
  const memory = allocateSharedDuplexes([[64, 64]]);
  const [near] = openSharedDuplexes(memory, "near", { monotonicMs }).duplexes as [Duplex];
  const { promise: blocked, resolve } = Promise.withResolvers<void>();
  worker.addEventListener("message", () => resolve());
  worker.postMessage(memory);
  await blocked;
  // Far more than fits in either direction.
  const sent = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);
  const writing = near.sink.write(sent).then(() => near.sink.close());
  expect(await readAll(near.source, 200_000)).toEqual(sent);
  await writing;
  worker.terminate();
});
