/** How often a first process waits for its kernel, from its start until it has called an executor. */
import { cast } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import type { Connection, Transport } from "#rpc";
import { Membrane, WetwareSession } from "#schema";
import { Membrane as LaterMembrane, Runtime } from "#schema/later";
import { createTree } from "../../src/kernel/memory-cells.testing.ts";
import { openBench } from "../../src/kernel/kernel-bench.testing.ts";
import { toRowAtMost } from "../measure.ts";
import type { Row } from "../measure.ts";

/** Until neither side has anything more to say of what has reached it. */
const SETTLE_MS = 20;

export async function measureRoundTrips(): Promise<Row[]> {
  const first = await countTrips("main", async (connection) => {
    using membrane = connection.bootstrap(Membrane(WetwareSession));
    using grafted = membrane.graft(null);
    await grafted.session.extension.executor.echo("ready");
  });
  const later = await countTrips(
    "main wetware:kernel-runtime/readiness@1.0.0",
    async (connection) => {
      using membrane = connection.bootstrap(LaterMembrane);
      using grafted = await membrane.graft();
      const found = grafted.caps.find(({ name }) => name === "runtime");
      if (found === undefined) throw new Error("There is no runtime");
      using runtime = cast(found.cap, Runtime);
      await runtime.load(Uint8Array.of(1)).executor.cid();
    },
  );
  return [
    toRowAtMost("graft to a usable executor, round trips", first, 1, "pipelined", 1),
    toRowAtMost("the same of the later generation, round trips", later, 2, "a list first", 1),
  ];
}

/** @param component its name, and what it imports */
async function countTrips(
  component: string,
  use: (connection: Connection) => Promise<void>,
): Promise<number> {
  let trips = 0;
  await using bench = openBench({
    async main(guest) {
      const held = holdFrames(createStreamTransport(guest.rpc));
      const over = use(connect(held.transport)).then(() => "over" as const);
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        if ((await Promise.race([over, Promise.resolve()])) === "over") break;
        // Half of a round trip: all that either side has said arrives at once.
        if (held.deliver()) trips += 1 / 2;
      }
      return 0;
    },
  });
  const outcome = await bench.start({ tree: createTree({ "bin/main.wasm": component }) }).outcome;
  if (outcome.type !== "exited") throw new Error(`No graft: ${JSON.stringify(outcome)}`);
  return trips;
}

/** A transport that keeps what goes either way until it is delivered. */
function holdFrames(inner: Transport): {
  readonly transport: Transport;
  /** @returns whether there was anything */
  deliver(): boolean;
} {
  let waiting: (() => void)[] = [];
  const hold = (pass: () => unknown): void => void waiting.push(() => void pass());
  return {
    transport: {
      send: (frames) => hold(() => inner.send(frames)),
      start: (receiver) =>
        inner.start({
          onFrame: (...frame) => hold(() => receiver.onFrame(...frame)),
          onClosed: (reason) => receiver.onClosed(reason),
        }),
      [Symbol.dispose]: () => inner[Symbol.dispose](),
    },
    deliver() {
      const passing = waiting;
      waiting = [];
      for (const pass of passing) pass();
      return passing.length > 0;
    },
  };
}
