import type { Connection, Stream } from "@libp2p/interface";
import { expect, test, vi } from "vitest";
import { openStream } from "./open-stream.ts";

interface Line {
  readonly connection: Connection;
  /** Answers the attempt to open a stream. */
  answer(): void;
}

/** @param aborted gets the names of streams that were aborted */
function createLine(name: string, aborted: string[]): Line {
  const { promise, resolve } = Promise.withResolvers<Stream>();
  const stream = { id: name, abort: () => void aborted.push(name) } as unknown as Stream;
  return {
    connection: { newStream: () => promise } as unknown as Connection,
    answer: () => resolve(stream),
  };
}

test("openStream() leaves one stream open when two connections answer at once", async () => {
  vi.useFakeTimers();
  const aborted: string[] = [];
  const [one, two] = [createLine("one", aborted), createLine("two", aborted)];
  const opening = openStream([one.connection, two.connection], ["/x"]);
  await vi.advanceTimersByTimeAsync(2500);
  one.answer();
  two.answer();
  expect((await opening).id).toBe("one");
  await vi.advanceTimersByTimeAsync(10);
  expect(aborted).toEqual(["two"]);
  vi.useRealTimers();
});

test("openStream() aborts a stream that comes as it is cancelled", async () => {
  const aborted: string[] = [];
  const line = createLine("one", aborted);
  const stop = new AbortController();
  const opening = openStream([line.connection], ["/x"], { signal: stop.signal });
  stop.abort(new Error("Stopped"));
  line.answer();
  await expect(opening).rejects.toThrow("Stopped");
  await vi.waitFor(() => expect(aborted).toEqual(["one"]));
});
