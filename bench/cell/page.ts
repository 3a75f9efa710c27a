/** The page: lets cells and bare workers take turns, boots the sample image, and watches itself while many cells start. */
import { wrap } from "comlink";
import type { CellMode } from "#base";
import type { StartedKernel } from "#kernel";
import { connect, createPortTransport } from "#rpc";
import { createContentLoad } from "../../src/boot/content.ts";
import { createImages } from "../../src/boot/images.ts";
import { raceTimes, raceTrials, toRow, toRowAtMost, toTrial } from "../measure.ts";
import type { Row, Timing, Trial } from "../measure.ts";
import { Bench } from "../rpc/generated/bench.ts";
import { startSampleKernel } from "../sample-kernel.ts";
import cellScript from "../../src/workers/cell.worker.ts?script-address";
import type { Host } from "./host.ts";

const TEXT = "0123456789abcdef0123456789abcdef";
const MANY = 100;
const MB = 1024 * 1024;
/** Longer tasks are felt. */
const LONG_MS = 50;

async function measure(timing: Timing): Promise<Row[]> {
  const rounds = timing.turns * 6;
  const worker = new Worker(new URL("host.worker.ts", import.meta.url), { type: "module" });
  worker.postMessage(cellScript);
  const host = wrap<Host>(worker);
  await host.prepare();
  const rows: Row[] = [];

  const starts = await raceTimes(
    {
      shared: () => host.timeCell("shared-memory"),
      pooled: () => host.timePooledCell("shared-memory"),
      jspi: () => host.timeCell("jspi"),
      pooledJspi: () => host.timePooledCell("jspi"),
      unseen: () => host.timeUnseenCell("shared-memory"),
      bare: () => host.timeBareWorker(),
    },
    rounds,
  );
  const start = "start of a C cell to its first byte, ms";
  rows.push(
    // As a page does it: its workers wait already.
    toRowAtMost(`${start}, never seen before`, starts.unseen, starts.bare, "bare worker", 1.5),
    toRowOfTimes(`${start}, without a waiting worker`, starts.shared, starts.bare),
    toRowAtMost(`${start}, pooled`, starts.pooled, starts.bare, "bare worker", 0.6),
    // Where there is no shared memory; the targets are for what a page takes by itself.
    toRowOfTimes(`${start}, JSPI`, starts.jspi, starts.bare),
    toRowOfTimes(`${start}, JSPI, pooled`, starts.pooledJspi, starts.bare),
  );
  rows.push(...(await measureBoots(rounds)));

  const pings = await raceTrials(
    {
      shared: (forMs) => host.ping("shared-memory", forMs),
      jspi: (forMs) => host.ping("jspi", forMs),
      bare: (forMs) => host.pingBareWorker(forMs),
      atomics: (forMs) => host.pingAtomics(forMs),
    },
    timing,
  );
  const ping = "64 bytes there and back, per s";
  rows.push(
    toRow(ping, pings.shared, pings.atomics, "bare Atomics", 1),
    toRow(`${ping}, JSPI`, pings.jspi, pings.bare, "postMessage", 0.6),
  );

  const writes = await raceTrials(
    {
      shared: (forMs) => host.write("shared-memory", forMs),
      jspi: (forMs) => host.write("jspi", forMs),
      bare: (forMs) => host.writeBareWorker(forMs),
    },
    timing,
  );
  const write = "writes of 64 KiB, MB per s";
  rows.push(
    toRow(write, writes.shared, writes.bare, "moved messages", 0.25),
    toRow(`${write}, JSPI`, writes.jspi, writes.bare, "moved messages", 0.25),
  );

  const echoes = await raceTrials(
    {
      shared: (forMs) => host.echo("shared-memory", forMs),
      jspi: (forMs) => host.echo("jspi", forMs),
      page: createPageEchoes(),
    },
    timing,
  );
  const echo = "calls of a Rust guest, 64 in flight, per s";
  rows.push(
    toRow(echo, echoes.shared, echoes.page, "page ↔ worker", 0.4),
    toRow(`${echo}, JSPI`, echoes.jspi, echoes.page, "page ↔ worker", 0),
  );
  rows.push(...(await measureMany(host)));
  return rows;
}

const resolve = (): Promise<never> => Promise.reject(new Error("No name is resolved"));

/** The sample image, in a page that is loaded, with everything stored: by a kernel that ran it before, and by a new one. */
async function measureBoots(rounds: number): Promise<Row[]> {
  const response = await fetch("/config.json");
  const config = (await response.json()) as { readonly images: readonly { path: string }[] };
  let requests = 0;
  const content = createContentLoad({
    config: async () => ({ routers: [], gateways: [`${location.origin}/`], stallMs: undefined }),
    wallMs: () => Date.now(),
    fetch: (url, init) => {
      requests++;
      return fetch(url, init);
    },
  });
  const { path = "" } = config.images[0] ?? {};
  const images = createImages({ content, resolve, isSecure: true });
  const boot = async (kernel: StartedKernel): Promise<number> => {
    const before = performance.now();
    using booted = kernel.owner.boot({ layers: [path] });
    const { run } = booted;
    const first = await Promise.race([run.stdout().stream.read(1), run.stderr().stream.read(1)]);
    const passed = performance.now() - before;
    void run.stdout().stream.close();
    void run.stderr().stream.close();
    const { outcome } = await run.wait();
    if (first.data.length === 0) throw new Error(`No byte came: ${JSON.stringify(outcome)}`);
    return passed;
  };
  using kept = startSampleKernel(images);
  await boot(kept);
  requests = 0;
  const times = await raceTimes(
    {
      same: () => boot(kept),
      async other() {
        using kernel = startSampleKernel(images);
        return await boot(kernel);
      },
      bare: timeBareWorker,
    },
    rounds,
  );
  if (requests > 0) throw new Error(`Second boot made ${requests} requests`);
  return [
    toRowAtMost("second boot of the sample, ms", times.same, times.bare, "bare worker", 6),
    toRowOfTimes("the same, kernel started anew, ms", times.other, times.bare),
  ];
}

/** Beside a bare worker, without a target. */
function toRowOfTimes(measure: string, oursMs: number, bareMs: number): Row {
  return toRow(measure, oursMs, bareMs, "bare worker", 0, bareMs / oursMs);
}

async function timeBareWorker(): Promise<number> {
  const before = performance.now();
  const worker = new Worker(new URL("bare.worker.ts", import.meta.url), { type: "module" });
  await new Promise((resolve) => {
    worker.onmessage = resolve;
  });
  const passed = performance.now() - before;
  worker.terminate();
  return passed;
}

/** As the RPC bench has it: this page calls a worker. */
function createPageEchoes(): Trial {
  const worker = new Worker(new URL("../rpc/contestants.worker.ts", import.meta.url), {
    type: "module",
  });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ name: "ours", port: port2 }, [port2]);
  const bench = connect(createPortTransport(port1)).bootstrap(Bench);
  return toTrial(() => bench.echo(TEXT), 64);
}

interface Instrumented {
  readonly readResidentBytes: () => Promise<number>;
  readonly gc: () => void;
}

async function measureMany(host: {
  startMany(mode: CellMode, count: number): Promise<void>;
  endMany(): Promise<void>;
}): Promise<Row[]> {
  const { readResidentBytes, gc } = globalThis as unknown as Instrumented;
  gc();
  const before = await readResidentBytes();
  const probes = startProbes();
  await host.startMany("shared-memory", MANY);
  const prompt = probes.end();
  const each = ((await readResidentBytes()) - before) / MANY;
  await host.endMany();
  return [
    toRowAtMost(`memory of each of ${MANY} cells, MB`, each / MB, 4, "limit", 1),
    toRow("page's tasks below 50 ms while they start, %", prompt * 100, 95, "limit", 1),
  ];
}

/** Asks the page for a turn again and again. */
function startProbes(): { end(): number } {
  let [all, prompt, running] = [0, 0, true];
  let asked = performance.now();
  const { port1, port2 } = new MessageChannel();
  const ask = (): void => {
    asked = performance.now();
    port2.postMessage(undefined);
  };
  port1.onmessage = () => {
    all++;
    if (performance.now() - asked < LONG_MS) prompt++;
    if (running) setTimeout(ask, 5);
  };
  ask();
  return {
    end() {
      running = false;
      return prompt / all;
    },
  };
}

Object.assign(globalThis, { measure });
