import { expect, test } from "vitest";
import { createPipe } from "./pipe.ts";
import { pumpReadable } from "./web-streams.ts";

function openStream(): {
  readonly stream: ReadableStream<Uint8Array>;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly cancelled: Promise<unknown>;
} {
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers<unknown>();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    cancel,
  });
  if (controller === undefined) throw new Error("The stream has not started");
  return { stream, controller, cancelled };
}

test("pumpReadable() writes all, and closes the sink", async () => {
  const { stream, controller } = openStream();
  const { source, sink } = createPipe(2);
  const pumping = pumpReadable(stream, sink);
  controller.enqueue(Uint8Array.of(1, 2, 3));
  controller.close();
  expect(await source.read(10)).toEqual(Uint8Array.of(1, 2));
  expect(await source.read(10)).toEqual(Uint8Array.of(3));
  expect(await source.read(10)).toBeUndefined();
  await pumping;
});

test("pumpReadable() cancels a stream that says nothing when its signal fires", async () => {
  const { stream, cancelled } = openStream();
  const { source, sink } = createPipe(2);
  const left = new AbortController();
  const pumping = pumpReadable(stream, sink, { signal: left.signal });
  left.abort(new Error("gone"));
  expect(await cancelled).toMatchObject({ message: "gone" });
  await expect(source.read(10)).rejects.toMatchObject({ kind: "disconnected" });
  await pumping;
});

test("pumpReadable() cuts what its reader gets when the stream fails", async () => {
  const { stream, controller } = openStream();
  const { source, sink } = createPipe(2);
  const pumping = pumpReadable(stream, sink);
  controller.error(new Error("broken"));
  await expect(source.read(10)).rejects.toMatchObject({ kind: "disconnected" });
  await pumping;
});
