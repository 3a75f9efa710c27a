/** Stands for the first process of a run whose program is an HTTP handler: many cells that look like one process. */
import { createPipe, Exception } from "#base";
import type { ByteSink, ByteSource } from "#base";
import { serve } from "#capnp";
import { HttpHandler } from "#schema";
import type { RunningProcess } from "#caps";
import { createHandlerPool } from "./handler-pool.ts";
import type { TableProcess } from "./table-process.ts";

export interface HandlerFront extends Disposable {
  readonly process: RunningProcess;
}

/** Unread bytes that are kept of each output. More is dropped, since otherwise a cell would stall without a reader. */
const OUTPUT_BYTES = 64 * 1024;

/** @param start starts a cell that answers requests */
export function createHandlerFront(name: string, start: () => Promise<TableProcess>): HandlerFront {
  const [stdin, stdout, stderr] = [
    createPipe(0),
    createPipe(OUTPUT_BYTES),
    createPipe(OUTPUT_BYTES),
  ];
  const ended = Promise.withResolvers<number>();
  stdin.source[Symbol.dispose]();
  const pool = createHandlerPool({
    name,
    async start() {
      const process = await start();
      const { channel } = process;
      if (channel === undefined) throw new Exception("failed", "Cell has no HTTP");
      process.stdin.close();
      void pass(process.stdout, stdout.sink);
      void pass(process.stderr, stderr.sink);
      return { channel, exited: process.exited, kill: () => process.kill() };
    },
  });
  const dispose = (): void => {
    pool[Symbol.dispose]();
    stdout.sink.close();
    stderr.sink.close();
    ended.resolve(0);
  };
  return {
    process: {
      stdin: stdin.sink,
      stdout: stdout.source,
      stderr: stderr.source,
      exitCode: ended.promise,
      bootstrap: () => serve(HttpHandler, pool.server),
      kill: dispose,
    },
    [Symbol.dispose]: dispose,
  };
}

/** Copies output as far as there is room, and drops the rest. Never rejects. */
async function pass(from: ByteSource, to: ByteSink): Promise<void> {
  try {
    for (let bytes; (bytes = await from.read(OUTPUT_BYTES)) !== undefined;) {
      if (!to.closed) to.offer(bytes);
    }
  } catch {
    // The cell was killed.
  }
}
