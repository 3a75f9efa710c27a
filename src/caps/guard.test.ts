import { describe, expect, test } from "vitest";
import type { Exception } from "#base";
import { AnyClient, serve } from "#capnp";
import { capabilityOf, createFulfilledAnswer, MessageBuilder, toClient } from "#capnp/wire";
import { Membrane, WetwareSession } from "#schema";
import type { Client } from "#capnp";
import type { Capability, PointerReader } from "#capnp/wire";
import type { ExecutorServer } from "#schema";
import { connect, createMemoryTransports } from "#rpc";
import type { Connection } from "#rpc";
// oxlint-disable-next-line no-restricted-imports -- a suite for tests, which no door gives
import { OFFERS, testCallOrder } from "../rpc/interop/proxy-order.conformance.ts";
import { guard } from "./guard.ts";
import { createRefusal } from "./refusal.ts";

/** Takes ownership of the client. */
function guardAny(client: Client): Client {
  return guard(client, AnyClient, () => undefined);
}

for (const [name, offer] of OFFERS) {
  testCallOrder(`${name}, guarded`, (far) => guardAny(offer(far)));
  testCallOrder(`${name}, guarded twice`, (far) => guardAny(guardAny(offer(far))));
}

const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };

describe("guard()", () => {
  test("leaves the results as they are for whoever else has them", async () => {
    let holders = 1;
    const inner: Capability = {
      retain() {
        holders++;
        return inner;
      },
      release: () => void holders--,
      call: () => expect.unreachable(),
    };
    const message = new MessageBuilder();
    message.root.setCapability(inner);
    const shared = createFulfilledAnswer(message);
    const callee: Capability = {
      retain: () => callee,
      release: () => undefined,
      // The code that shares the answer ends it.
      call: () => ({
        sentBytes: 0,
        settled: (...listener) => shared.settled(...listener),
        pipeline: (path) => shared.pipeline(path),
        release: () => undefined,
      }),
    };
    using client = guardAny(toClient(callee, AnyClient));
    const answer = capabilityOf(client).call({
      interfaceId: 0n,
      methodId: 0,
      noPipelining: false,
      results: undefined,
      params: { dataWords: 0, pointers: 0, write: () => undefined },
    });
    const results = await new Promise<PointerReader>((resolve, reject) => {
      answer.settled(resolve, reject);
    });
    expect(results.capability()).not.toBe(inner);
    answer.release();
    const found = shared.pipeline([]);
    expect(found).toBe(inner);
    found.release();
    expect(holders).toBe(1);
    shared.release();
    expect(holders).toBe(0);
  });

  test("asks before each call on what was called ahead on, also where the results hold it", async () => {
    using bench = openBench();
    using pending = bench.membrane.graft(null);
    using ahead = pending.session.extension.executor;
    expect((await ahead.echo("x")).response).toBe("Echo: x");
    using results = await pending;
    const { executor } = results.session.extension;
    expect((await executor.echo("y")).response).toBe("Echo: y");
    bench.revoke();
    const revoked = { message: expect.stringContaining("target-revoked") };
    await expect(executor.echo("z")).rejects.toMatchObject(revoked);
    await expect(ahead.echo("z")).rejects.toMatchObject(revoked);
  });

  test("lets go of what was called ahead on once, when nobody holds it", async () => {
    using bench = openBench();
    {
      using pending = bench.membrane.graft(null);
      using ahead = pending.session.extension.executor;
      await ahead.echo("x");
      using results = await pending;
      // The call ends with its Finish; the capabilities in its results live on.
      await expect.poll(() => bench.host.tableSizes.answers).toBe(0);
      await results.session.extension.executor.echo("y");
      expect(bench.released()).toBe(0);
    }
    await expect.poll(bench.released).toBe(1);
    {
      using abandoned = bench.membrane.graft(null);
      using ahead = abandoned.session.extension.executor;
      await ahead.echo("x");
    }
    await expect.poll(bench.released).toBe(2);
    bench.membrane[Symbol.dispose]();
    await expect.poll(() => bench.host.tableSizes).toEqual(EMPTY);
    expect(bench.guest.tableSizes).toEqual(EMPTY);
  });

  test("guards anew what was called ahead on and let go of", async () => {
    using guarded = guard(serveMembrane(), Membrane(WetwareSession), () => undefined);
    using pending = guarded.graft(null);
    const settled = pending.finally(() => undefined);
    pending.session.extension.executor[Symbol.dispose]();
    using again = pending.session.extension.executor;
    expect((await again.echo("x")).response).toBe("Echo: x");
    using results = await settled;
    expect((await results.session.extension.executor.echo("y")).response).toBe("Echo: y");
  });

  test("passes on results in which a path that was called ahead on leads to no capability", async () => {
    using guarded = guardAny(serveMembrane());
    const answer = capabilityOf(guarded).call({
      interfaceId: Membrane(WetwareSession).id,
      methodId: 0,
      params: { dataWords: 0, pointers: 1, write: () => undefined },
      noPipelining: false,
      results: undefined,
    });
    const session = answer.pipeline([0]);
    const results = await new Promise<PointerReader>((resolve, reject) => {
      answer.settled(resolve, reject);
    });
    expect(results.struct().pointer(0).kind).toBe("struct");
    session.release();
    answer.release();
  });
});

interface Bench extends Disposable {
  /** Guarded, and behind a connection. */
  readonly membrane: Membrane<WetwareSession>;
  /** From here on, every call is refused. */
  revoke(): void;
  /** Number of executors that have been released. */
  readonly released: () => number;
  readonly host: Connection;
  readonly guest: Connection;
}

function openBench(): Bench {
  let refused: Exception | undefined;
  let released = 0;
  const served = serveMembrane(() => void released++);
  using bootstrap = guard(served, Membrane(WetwareSession), () => refused);
  const [near, far] = createMemoryTransports();
  const host = connect(far, { bootstrap });
  const guest = connect(near);
  return {
    membrane: guest.bootstrap(Membrane(WetwareSession)),
    revoke: () => void (refused = createRefusal("revoked")),
    released: () => released,
    host,
    guest,
    [Symbol.dispose]() {
      guest[Symbol.dispose]();
      host[Symbol.dispose]();
    },
  };
}

/** A membrane that makes an executor for each session. */
function serveMembrane(onReleased?: () => void): Membrane<WetwareSession> {
  const createExecutor = (): ExecutorServer & Disposable => ({
    echo: (message) => ({ response: `Echo: ${message}` }),
    runBytes: () => ({}),
    [Symbol.dispose]: () => onReleased?.(),
  });
  return serve(Membrane(WetwareSession), {
    graft: () => ({ session: { extension: { executor: createExecutor() } } }),
  });
}
