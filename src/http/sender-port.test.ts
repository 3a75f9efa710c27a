import { expect, test } from "vitest";
import { createRecordingSender, OK } from "./http.testing.ts";
import type { HopOutcome, HttpHop } from "./hop.ts";
import { openSender, serveSender } from "./sender-port.ts";
import type { RemoteSender } from "./sender-port.ts";

const hop: HttpHop = {
  method: "POST",
  url: "https://api.example/",
  headers: [],
  body: new Uint8Array([1, 2, 3]).subarray(1),
  limitBytes: 10,
  mayBeLocal: false,
};

type Answers = Parameters<typeof createRecordingSender>[0];

interface Bench extends Disposable {
  readonly sender: RemoteSender;
  readonly hops: readonly HttpHop[];
  /** What the far end was told of a forwarder. */
  readonly forwards: readonly (string | undefined)[];
}

function openBench(forward: string | undefined, answer?: Answers): Bench {
  const { port1, port2 } = new MessageChannel();
  const far = createRecordingSender(answer);
  const forwards: (string | undefined)[] = [];
  serveSender(port2, (told) => {
    forwards.push(told);
    return far;
  });
  port1.start();
  port2.start();
  const sender = openSender(port1, forward);
  return {
    sender,
    hops: far.hops,
    forwards,
    [Symbol.dispose]() {
      sender[Symbol.dispose]();
      port1.close();
    },
  };
}

test("openSender() sends at the far end of a port, and leaves the caller its body", async () => {
  const response: HopOutcome = { ...OK, body: new Uint8Array([7]) } as HopOutcome;
  using bench = openBench(undefined, () => response);
  expect(bench.sender.way).toBe("tab");
  expect(await bench.sender.send(hop)).toEqual({ ...OK, body: new Uint8Array([7]) });
  expect(bench.hops).toEqual([hop]);
  expect(hop.body).toEqual(new Uint8Array([2, 3]));
  expect(bench.forwards).toEqual([undefined]);
});

test("openSender() has every request forwarded where there is a forwarder", async () => {
  using bench = openBench("https://page.example/forward", () => ({ type: "unreadable" }));
  expect(bench.sender.way).toBe("forwarder");
  expect(await bench.sender.send(hop)).toEqual({ type: "unreadable" });
  expect(bench.forwards).toEqual(["https://page.example/forward"]);
});

test("openSender() ends the request of a call that was cancelled, and no other", async () => {
  const signals: AbortSignal[] = [];
  const begun = Promise.withResolvers<undefined>();
  using bench = openBench(undefined, (_hop, signal) => {
    if (signal !== undefined) signals.push(signal);
    if (signals.length === 2) begun.resolve(undefined);
    return new Promise(() => undefined);
  });
  const stop = new AbortController();
  const first = bench.sender.send(hop, { signal: stop.signal }).catch((reason: unknown) => reason);
  const second = bench.sender.send(hop).catch((reason: unknown) => reason);
  await begun.promise;
  const [ended, other] = signals;
  const cancelled = new Promise((resolve) => ended?.addEventListener("abort", resolve));
  stop.abort(new Error("enough"));
  expect(await first).toEqual(new Error("enough"));
  await cancelled;
  expect(other?.aborted).toBe(false);
  bench.sender[Symbol.dispose]();
  expect(await second).toMatchObject({ kind: "disconnected" });
});
