/** The contract of `Transport`; each implementation runs this suite. */
import { describe, expect, test } from "vitest";
import { MessageBuilder } from "#capnp/wire";
import type { OpenTransports } from "./transports.testing.ts";
import type { Transport } from "./transport.ts";

/** The frames that have arrived at one end, and its calls of `onClosed`. */
interface Arrivals {
  readonly frames: readonly Uint8Array[];
  /** For each call of `onClosed`, the number of frames before it. */
  readonly ends: readonly number[];
}

export function testTransport(name: string, open: OpenTransports): void {
  describe(name, () => {
    test("carries frames whole and in order, both ways at once", async () => {
      using stack = new DisposableStack();
      const [near, far] = adopt(stack, open);
      const [atNear, atFar] = [follow(near), follow(far)];
      const [there, back] = [createFrames(200), createFrames(150)];
      for (const frame of there) void near.send([frame.slice()]);
      for (const frame of back) void far.send([frame.slice()]);
      await expect.poll(() => atFar.frames.length + atNear.frames.length).toBe(350);
      expectSame(atFar.frames, there);
      expectSame(atNear.frames, back);
    });

    test("keeps the order of large frames and small ones, sent together or one by one", async () => {
      using stack = new DisposableStack();
      const [near, far] = adopt(stack, open);
      const atFar = follow(far);
      const frames = [8, 700_000, 16, 8, 9_000, 200_000, 8, 64].map(createFrame);
      void near.send(frames.slice(0, 5).map((frame) => frame.slice()));
      for (const frame of frames.slice(5)) void near.send([frame.slice()]);
      await expect.poll(() => atFar.frames.length).toBe(frames.length);
      expectSame(atFar.frames, frames);
    });

    test("start() delivers what was sent before it", async () => {
      using stack = new DisposableStack();
      const [near, far] = adopt(stack, open);
      follow(near);
      const frames = createFrames(3);
      for (const frame of frames) void near.send([frame.slice()]);
      await new Promise((resolve) => setTimeout(resolve, 0));
      const atFar = follow(far);
      await expect.poll(() => atFar.frames.length).toBe(3);
      expectSame(atFar.frames, frames);
    });

    test.each([0, 1])(
      "end %i closes: what was sent before arrives, then the end, once",
      async (end) => {
        using stack = new DisposableStack();
        const ends = adopt(stack, open);
        const arrivals = ends.map(follow);
        const [closing, other] = end === 0 ? ends : ends.toReversed();
        const frames = [...createFrames(20), createFrame(50_000)];
        for (const frame of frames) void closing?.send([frame.slice()]);
        closing?.[Symbol.dispose]();
        const [own, far] = end === 0 ? arrivals : arrivals.toReversed();
        await expect.poll(() => far?.ends).toEqual([frames.length]);
        expectSame(far?.frames ?? [], frames);
        // The side that disposes gets no `onClosed`.
        expect(own).toEqual({ frames: [], ends: [] });
        other?.[Symbol.dispose]();
        expect(far?.ends).toHaveLength(1);
      },
    );

    test("carries nothing after its end", async () => {
      using stack = new DisposableStack();
      const [near, far] = adopt(stack, open);
      const [atNear, atFar] = [follow(near), follow(far)];
      near[Symbol.dispose]();
      void near.send([createFrame(8)]);
      void far.send([createFrame(8)]);
      await expect.poll(() => atFar.ends).toEqual([0]);
      void far.send([createFrame(8)]);
      near[Symbol.dispose]();
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(atNear).toEqual({ frames: [], ends: [] });
      expect(atFar).toEqual({ frames: [], ends: [0] });
    });

    test("may be disposed by what it delivers, and delivers no more", async () => {
      using stack = new DisposableStack();
      const [near, far] = adopt(stack, open);
      const [atNear, seen] = [follow(near), [] as Uint8Array[]];
      far.start({
        onFrame(frame) {
          seen.push(frame);
          far[Symbol.dispose]();
        },
        onClosed: () => seen.push(new Uint8Array(0)),
      });
      for (const frame of createFrames(5)) void near.send([frame]);
      await expect.poll(() => atNear.ends).toEqual([0]);
      expectSame(seen, createFrames(1));
    });

    test("may be sent on by what it delivers", async () => {
      using stack = new DisposableStack();
      const [near, far] = adopt(stack, open);
      const atNear = follow(near);
      far.start({ onFrame: (frame) => void far.send([frame]), onClosed: () => undefined });
      const frames = createFrames(50);
      for (const frame of frames) void near.send([frame.slice()]);
      await expect.poll(() => atNear.frames.length).toBe(50);
      expectSame(atNear.frames, frames);
    });
  });
}

function adopt(stack: DisposableStack, open: OpenTransports): [Transport, Transport] {
  const [near, far] = open();
  return [stack.use(near), stack.use(far)];
}

function follow(transport: Transport): Arrivals {
  const frames: Uint8Array[] = [];
  const ends: number[] = [];
  transport.start({
    onFrame: (frame) => void frames.push(frame),
    onClosed: () => ends.push(frames.length),
  });
  return { frames, ends };
}

/** A message of one segment with `sizeBytes` bytes of data, other bytes than the message for `at + 1` has. */
function createFrame(sizeBytes: number, at = 0): Uint8Array {
  const message = new MessageBuilder();
  message.root.setData(new Uint8Array(sizeBytes).fill(at % 256));
  return message.toFrame().slice();
}

function createFrames(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => createFrame(8 * (at % 7), at + 1));
}

function expectSame(found: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  expect(found.length).toBe(expected.length);
  for (const [at, frame] of expected.entries()) {
    // Comparing large arrays element by element takes longer than sending them.
    expect(found[at]?.length).toBe(frame.length);
    expect(found[at]?.every((byte, index) => byte === frame[index])).toBe(true);
  }
}
