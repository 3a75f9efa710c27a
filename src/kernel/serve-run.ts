/** Serves a run as a capability. @see capnp/owner.capnp Run */
import { createPipe, Exception } from "#base";
import type { ByteSink, ByteSource } from "#base";
import { AnyClient, createPromisedClient, dup, serve } from "#capnp";
import { ByteStream } from "#schema";
import type { Client } from "#capnp";
import type { ByteStreamServer, RunServer } from "#schema";
import { serveSink, serveSource } from "#caps";
import type { RunningProcess } from "#caps";
import type { Run } from "./kernel.ts";
import { toLimits, toOutcome } from "./owner-values.ts";

/** All of the run but its reference count. */
export function serveRun(run: Run): Omit<RunServer, "keep"> {
  // One server for each stream, so that concurrent clients' reads keep their order.
  const stdin = run.started.then((process) => serveSink(process?.stdin ?? closedSink()));
  const stdout = run.started.then((process) => serveSource(process?.stdout ?? endedSource()));
  const stderr = run.started.then((process) => serveSource(process?.stderr ?? endedSource()));
  return {
    stdin: () => ({ stream: toClient(stdin) }),
    stdout: () => ({ stream: toClient(stdout) }),
    stderr: () => ({ stream: toClient(stderr) }),
    wait: async () => ({ outcome: toOutcome(await run.ended) }),
    stop: (reason) => run.stop(new Exception("failed", reason)),
    bootstrap: () => ({ cap: createPromisedClient(AnyClient, run.started.then(bootstrap)) }),
    processes: () => ({ processes: run.processes }),
    counters: () => ({ counters: run.counters }),
    limits: () => ({ limits: toLimits(run.limits) }),
    async saved() {
      await run.ended;
      if (run.saved === undefined) throw new Exception("failed", "This run has stored no image");
      const { path, car } = run.saved;
      return { path, car: dup(car) };
    },
    epoch: () => ({ epoch: run.epochs.current.record }),
    advance(head) {
      run.epochs.advance(head.slice());
      return { epoch: run.epochs.current.record };
    },
  };
}

function toClient(served: Promise<ByteStreamServer>): ByteStream {
  const client = served.then((server) => serve(ByteStream, server));
  return createPromisedClient(ByteStream, client);
}

function bootstrap(process: RunningProcess | undefined): Client {
  if (process !== undefined) return process.bootstrap();
  throw new Exception("disconnected", "The run ended before its first process started");
}

function endedSource(): ByteSource {
  const { source, sink } = createPipe(1);
  sink.close();
  return source;
}

function closedSink(): ByteSink {
  const { source, sink } = createPipe(1);
  source[Symbol.dispose]();
  return sink;
}
