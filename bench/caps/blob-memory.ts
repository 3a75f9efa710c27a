/**
 * What a kernel has in memory while ten processes read a blob of another one. The kernel is this thread's; the programs of
 * its processes are in another one, at the far ends of ports as in a page, and their copies are not counted.
 */
import { MessageChannel, Worker } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { createPipe, decodeText, openPortDuplex } from "#base";
import type { DuplexPort, ExitStatus } from "#base";
import { createKernel } from "#kernel";
import type { Cells } from "#kernel";
import { Owner } from "#schema";
import { serve } from "#capnp";
import {
  CLOCKS,
  createImages,
  DEVICES,
  estimateStorage,
  meet,
  NODE,
  startRun,
} from "../../src/kernel/kernel-bench.testing.ts";
import { createMemoryCells } from "../../src/kernel/memory-cells.testing.ts";
import { serveOwner } from "../../src/kernel/serve-owner.ts";
import { toRowAtMost } from "../measure.ts";
import type { Row } from "../measure.ts";
import { BYTES } from "./blob-programs.ts";
import type { News, Start } from "./blob-programs.ts";

/** How much more than the blob itself the kernel may have. */
const TIMES = 1.2;
const MEBIBYTE = 1024 ** 2;
/** Fewer say nothing. */
const LEAST_SAMPLES = 50;

export async function measureBlobMemory(): Promise<Row> {
  const worker = new Worker(new URL("blob-readers.worker.ts", import.meta.url));
  const { promise: reading, resolve: onReading } = Promise.withResolvers<void>();
  const cells = createThreadCells(worker, onReading);
  await using kernel = createKernel({
    cells,
    images: createImages(() => ({})),
    ...DEVICES,
    ...CLOCKS,
  });
  using owner = serve(Owner, serveOwner({ kernel, node: NODE, meet, estimateStorage }));
  const before = measureBuffers();
  const { outcome } = startRun(owner);
  await Promise.race([reading, outcome]);
  let peak = 0;
  let samples = 0;
  const sampling = setInterval(() => {
    samples++;
    peak = Math.max(peak, measureBuffers() - before);
  }, 1);
  const end = await outcome;
  clearInterval(sampling);
  await worker.terminate();
  if (end.type !== "exited" || samples < LEAST_SAMPLES) {
    throw new Error(`The blob was not read: ${JSON.stringify(end)}, ${samples} samples`);
  }
  const row = "kernel's memory while ten read a blob, MiB";
  return toRowAtMost(row, peak / MEBIBYTE, BYTES / MEBIBYTE, "the blob", TIMES);
}

/** What lives of buffers, in bytes. */
function measureBuffers(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("Node runs without --expose-gc");
  // The first only finds what is dead.
  gc();
  gc();
  return process.memoryUsage().arrayBuffers;
}

/** Cells whose programs run in the worker. */
function createThreadCells(worker: Worker, onReading: () => void): Cells {
  const ends = new Map<number, (status: ExitStatus) => void>();
  let next = 0;
  worker.on("message", (news: News) => {
    if (news.type === "reading") onReading();
    else ends.get(news.id)?.({ type: "exited", code: 0 });
  });
  return {
    ...createMemoryCells({}),
    openCache: () => ({ open: (tree) => tree }),
    prepare: async (component) => ({
      imports: [],
      isHandler: false,
      start() {
        const { port1, port2 } = new MessageChannel();
        const id = next++;
        const { promise: exited, resolve: end } = Promise.withResolvers<ExitStatus>();
        ends.set(id, end);
        const start: Start = { id, role: decodeText(component), port: port2 };
        worker.postMessage(start, [port2]);
        const [stdin, stdout, stderr] = [createPipe(1), createPipe(1), createPipe(1)];
        stdout.sink.close();
        stderr.sink.close();
        return {
          stdin: stdin.sink,
          stdout: stdout.source,
          stderr: stderr.source,
          rpc: openPortDuplex(withoutTransfer(port1)),
          http: undefined,
          exited,
          cpuMs: 0,
          waitsForInput: async () => false,
          chargeCpu: () => undefined,
          async [Symbol.asyncDispose]() {
            end({ type: "killed", reason: "it is not needed" });
          },
        };
      },
    }),
  };
}

/** What is transferred counts for the thread that has allocated it until the other one has collected it: so it is copied. */
function withoutTransfer(port: MessagePort): DuplexPort {
  return {
    postMessage: (message) => port.postMessage(message),
    set onmessage(handle: DuplexPort["onmessage"]) {
      (port as unknown as DuplexPort).onmessage = handle;
    },
    get onmessage() {
      return (port as unknown as DuplexPort).onmessage;
    },
    close: () => port.close(),
  };
}
