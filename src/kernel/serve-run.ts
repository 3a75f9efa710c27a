/** Serves a run as a capability. @see capnp/owner.capnp Run */
import { Exception } from "#base";
import { AnyClient, createPromisedClient, dup, serve } from "#capnp";
import { ByteStream } from "#schema";
import type { Client } from "#capnp";
import type { RunServer } from "#schema";
import type { Run } from "./kernel.ts";
import { findActivity } from "./find-activity.ts";
import { serveAccount } from "./serve-account.ts";
import { findHandler, listHandlers } from "./serve-handlers.ts";
import { toLimits, toOutcome } from "./owner-values.ts";

/** Every method of `Run` except `keep`, which belongs to the reference count in `serve-owner.ts`. */
export function serveRun(run: Run): Omit<RunServer, "keep"> {
  const { stdin, stdout, stderr } = run.streams;
  return {
    stdin: () => ({ stream: serve(ByteStream, stdin) }),
    stdout: () => ({ stream: serve(ByteStream, stdout) }),
    stderr: () => ({ stream: serve(ByteStream, stderr) }),
    wait: async () => ({ outcome: toOutcome(await run.ended) }),
    stop: (reason) => run.stop(new Exception("failed", reason)),
    bootstrap: () => ({ cap: createPromisedClient(AnyClient, bootstrap(run)) }),
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
      run.advance(head.slice());
      return { epoch: run.epochs.current.record };
    },
    account: () => ({ account: serveAccount(run.account) }),
    handlers: () => ({ handlers: listHandlers(run) }),
    activity: async () => ({ activity: await findActivity(run) }),
    handler: (name) => ({ handler: findHandler(run, name) }),
  };
}

async function bootstrap(run: Run): Promise<Client> {
  return (await run.findFirst()).bootstrap();
}
