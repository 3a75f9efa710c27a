import { describe, expect, test } from "vitest";
import { testDuplex } from "./duplex.conformance.ts";
import { createFlowDuplex } from "./flow-duplex.ts";
import { createDuplexPair } from "./pipe.ts";

/** A carrier with room for all that is written. */
const carriers = (): ReturnType<typeof createDuplexPair> => createDuplexPair(64 * 1024 * 1024);

testDuplex("createFlowDuplex()", (windowBytes) => {
  const [near, far] = carriers();
  return [createFlowDuplex(near, { windowBytes }), createFlowDuplex(far, { windowBytes })];
});

describe("createFlowDuplex()", () => {
  test("lets a writer send no more than the reader has room for", async () => {
    const [near, far] = carriers();
    using one = createFlowDuplex(near, { windowBytes: 100_000 });
    using other = createFlowDuplex(far, { windowBytes: 100_000 });
    let written = 0;
    const writing = (async () => {
      for (let round = 0; round < 50; round++) {
        await one.sink.write(new Uint8Array(10_000));
        written += 10_000;
      }
      one.sink.close();
    })();
    await expect.poll(() => written).toBe(100_000);
    let read = 0;
    for (let bytes; (bytes = await other.source.read(7_000)) !== undefined;) read += bytes.length;
    await writing;
    expect(read).toBe(500_000);
  });

  test.each([
    [[0, 2, 0, 0], "frame of 131072 bytes"],
    [[0, 0, 0, 9, 1], "cut before its end"],
  ])("ends the stream of a peer that breaks the rules: %j", async (bytes, why) => {
    const [near, far] = carriers();
    using duplex = createFlowDuplex(near);
    await far.sink.write(Uint8Array.from(bytes));
    far.sink.close();
    await expect(duplex.source.read(10)).rejects.toThrow(why);
  });

  test("queues little for a peer that grants much and reads nothing", async () => {
    const [near, far] = createDuplexPair(64 * 1024);
    using duplex = createFlowDuplex(near);
    await far.sink.write(Uint8Array.of(0xff, 0xff, 0xff, 0xfe));
    await expect.poll(() => duplex.sink.room).toBeGreaterThan(0);
    let taken = 0;
    for (let bytes; (bytes = duplex.sink.offer(new Uint8Array(64 * 1024))) > 0;) taken += bytes;
    expect(taken).toBeLessThan(2 * 1024 * 1024);
  });

  test("ends the stream of a peer that sends more than it was granted", async () => {
    const [near, far] = carriers();
    using duplex = createFlowDuplex(near, { windowBytes: 10 });
    const frame = new Uint8Array(4 + 11);
    frame[3] = 11;
    await far.sink.write(frame);
    await expect(duplex.source.read(10)).rejects.toThrow("more than it was granted");
  });
});
