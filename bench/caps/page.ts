/** What law costs: calls through attenuations beside calls without, and the end of an epoch that many capabilities have. */
import { serve } from "#capnp";
import { attenuate, createEpochs, createPolicy } from "#caps";
import { connect, createPortTransport } from "#rpc";
import { race, raceTimes, toRow, toRowAtMost } from "../measure.ts";
import type { Row, Timing, Work } from "../measure.ts";
import { measureBlobs } from "./blobs.ts";
import { Bench } from "../rpc/generated/bench.ts";
import { createBenchServer } from "../rpc/served.ts";
import type { Kind, Start } from "./served.worker.ts";

const TEXT = "/home/me/0123456789abcdef0123456";
const IN_FLIGHT = 64;
const LIVE = 100_000;
/** How many capabilities are made at a time. */
const BATCH = 1000;
const ROUNDS = 5;
/** Finer than what the browser's clock tells. */
const LEAST_MS = 0.005;

function openBench(kind: Kind): Bench {
  const worker = new Worker(new URL("served.worker.ts", import.meta.url), { type: "module" });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ kind, port: port2 } satisfies Start, [port2]);
  return connect(createPortTransport(port1), { lendsData: true }).bootstrap(Bench);
}

async function measure({ turnMs, turns }: Timing): Promise<Row[]> {
  const kinds: readonly Kind[] = ["plain", "checked", "nested", "ruled"];
  const works = kinds.map((kind): [Kind, Work] => {
    const bench = openBench(kind);
    return [kind, () => bench.echo(TEXT)];
  });
  // Long and side by side, as they should hardly differ.
  const timing = { turnMs, turns: turns * 3 };
  const rates = await race(Object.fromEntries(works) as Record<Kind, Work>, IN_FLIGHT, timing);
  const advance = (await raceTimes({ advance: timeAdvance }, ROUNDS)).advance;
  const calls = (100 * 1000) / rates.checked;
  return [
    toRow("checked, 64 in flight, per s", rates.checked, rates.plain, "unguarded", 0.9),
    toRow("ten attenuations, per s", rates.nested, rates.checked, "one attenuation", 0.95),
    toRow("a rule on one text, per s", rates.ruled, rates.plain, "unguarded", 0.8),
    toRowAtMost(
      `end of an epoch of ${LIVE} capabilities, ms`,
      Math.max(advance, LEAST_MS),
      calls,
      "100 calls",
      1,
    ),
    ...(await measureBlobs()),
  ];
}

/** How many ms an epoch takes to end that so many capabilities live in. */
async function timeAdvance(): Promise<number> {
  const epochs = createEpochs(new Uint8Array(0));
  const policy = createPolicy({ label: "bench", allow: [{ interface: Bench }] });
  using root = attenuate(serve(Bench, createBenchServer()), Bench, policy, {
    clock: { nowMs: () => performance.now() },
    lifetimes: [epochs.current.lifetime],
  });
  const live: Disposable[] = [];
  while (live.length < LIVE) {
    live.push(...(await Promise.all(Array.from({ length: BATCH }, () => root.descend()))));
  }
  const start = performance.now();
  epochs.advance(new Uint8Array(0));
  const ms = performance.now() - start;
  for (const results of live) results[Symbol.dispose]();
  return ms;
}

Object.assign(globalThis, { measure });
