/** A grant ends with the entry it was granted through, whichever processes it has passed since. */
import { describe, expect, test } from "vitest";
import { cast, serve } from "#capnp";
import { Chooser, Clock, Executor, Host, Launcher } from "#schema";
import { connect, createStreamTransport } from "#rpc";
import { find, forever, getGrants, graft, launch, openBench } from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";

const ANSWERED = "answered";

/** `ANSWERED`, or the error that a call failed with. */
async function tell(call: PromiseLike<unknown>): Promise<string> {
  return call.then(
    () => ANSWERED,
    (error: unknown) => String(error),
  );
}

describe("what a child has of its parent's session", () => {
  test("ends with the epoch, and so does a bare child's Host", async () => {
    const told: string[] = [];
    const { promise: advanced, resolve: onAdvanced } = Promise.withResolvers<void>();
    const ready = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await using bench = openBench({
      async child(guest) {
        const grants = await getGrants(guest);
        using host = cast(find(grants, "host"), Host);
        using launcher = cast(find(grants, "launcher"), Launcher);
        ready[0]?.resolve();
        await advanced;
        told.push(
          await tell(host.id()),
          await tell(host.executor().executor.echo("x")),
          await tell(launch(launcher, "child", [])),
        );
        return 0;
      },
      async bare(guest) {
        using connection = connect(createStreamTransport(guest.rpc));
        using host = connection.bootstrap(Host);
        await host.id();
        ready[1]?.resolve();
        await advanced;
        told.push(await tell(host.id()), await tell(host.executor().executor.echo("x")));
        return 0;
      },
      async main(guest) {
        const { session } = await graft(guest);
        const { host, launcher, executor } = session;
        using child = await launch(launcher, "child", [
          { name: "host", cap: host },
          { name: "launcher", cap: launcher },
        ]);
        using bare = await executor.runBytes(new TextEncoder().encode("bare"), [], []);
        expect([child, bare]).toHaveLength(2);
        await advanced;
        await expect.poll(() => told).toHaveLength(5);
        return 0;
      },
    });
    const run = bench.start();
    for (const { promise } of ready) await promise;
    await run.run.advance(new Uint8Array(0));
    onAdvanced();
    expect(await run.outcome).toEqual({ type: "exited", code: 0 });
    for (const answer of told) expect(answer).toContain("staleEpoch");
  });

  test.each(["revoked", "ended"])(
    "is gone when the one that passed it on is %s, though it was passed through itself",
    async (how) => {
      const told: string[] = [];
      const { promise: cut, resolve: onCut } = Promise.withResolvers<void>();
      const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
      await using bench = openBench({
        async giver(guest) {
          using launcher = cast(find(await getGrants(guest), "launcher"), Launcher);
          using launched = await launch(launcher, "taker", [{ name: "launcher", cap: launcher }]);
          expect(launched).toBeDefined();
          await ready;
          return how === "ended" ? 0 : forever(guest);
        },
        async taker(guest) {
          using launcher = cast(find(await getGrants(guest), "launcher"), Launcher);
          onReady();
          await cut;
          told.push(await tell(launch(launcher, "none", [])));
          return 0;
        },
        async main(guest) {
          const { session } = await graft(guest);
          using launched = await launch(session.launcher, "giver", [
            { name: "launcher", cap: session.launcher },
          ]);
          if (how === "ended") {
            await launched.process.wait();
            onCut();
          }
          await expect.poll(() => told).toHaveLength(1);
          return 0;
        },
        none: async () => 0,
      });
      const run = bench.start();
      await ready;
      if (how === "revoked") {
        using results = run.run.account();
        const { entries } = await results.account.snapshot();
        const giver = entries.find(({ holder }) => holder === "program giver");
        const taker = entries.find(({ holder }) => holder === "program taker");
        expect(taker?.via).toBe(giver?.id);
        expect((await results.account.revoke(giver?.id ?? 0)).ended).toEqual([
          "program giver: launcher",
          "program taker: launcher",
        ]);
        onCut();
      }
      expect(await run.outcome).toEqual({ type: "exited", code: 0 });
      expect(told[0]).toContain("target-revoked");
    },
  );
});

test("what was given by way of a launcher that is revoked starts nothing, and what it has started is cut", async () => {
  const told: string[] = [];
  const { promise: cut, resolve: onCut } = Promise.withResolvers<void>();
  const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
  await using bench = openBench({
    async giver(guest) {
      const grants = await getGrants(guest);
      using launcher = cast(find(grants, "second"), Launcher);
      const executor = find(grants, "executor");
      using launched = await launch(launcher, "taker", [{ name: "executor", cap: executor }]);
      expect(launched).toBeDefined();
      return forever(guest);
    },
    async taker(guest) {
      using executor = cast(find(await getGrants(guest), "executor"), Executor);
      await executor.runBytes(new TextEncoder().encode("bare"), [], []);
      await cut;
      told.push(await tell(executor.echo("x")));
      return 0;
    },
    async bare(guest) {
      using connection = connect(createStreamTransport(guest.rpc));
      using host = connection.bootstrap(Host);
      await host.id();
      onReady();
      await cut;
      told.push(await tell(host.id()), await tell(host.executor().executor.echo("x")));
      return 0;
    },
    async main(guest) {
      const { session } = await graft(guest);
      const { executor, launcher } = session;
      using launched = await launch(launcher, "giver", [
        { name: "executor", cap: executor },
        { name: "first", cap: launcher },
        { name: "second", cap: launcher },
      ]);
      expect(launched).toBeDefined();
      await expect.poll(() => told).toHaveLength(3);
      return 0;
    },
  });
  const run = bench.start();
  await ready;
  using results = run.run.account();
  const { entries } = await results.account.snapshot();
  await results.account.revoke(entries.find(({ name }) => name === "second")?.id ?? 0);
  onCut();
  expect(await run.outcome).toEqual({ type: "exited", code: 0 });
  for (const answer of told) expect(answer).toContain("target-revoked");
});

test("grants of an image are there again in the session of the next epoch", async () => {
  const told: string[] = [];
  const { promise: advanced, resolve: onAdvanced } = Promise.withResolvers<void>();
  const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
  const chooser = serve(Chooser, {
    choose: () => ({
      choice: {
        which: "given",
        given: { label: "The time", cap: serve(Clock, { now: () => ({ ms: 7 }) }) },
      },
    }),
    restore: () => ({ choice: { which: "nothing", nothing: "" } }),
  });
  await using bench = openBench({
    async main(guest) {
      const { session, graftAgain } = await graft(guest);
      using before = cast(find(session.grants, "now"), Clock);
      told.push(await tell(before.now()));
      onReady();
      await advanced;
      told.push(await tell(before.now()));
      const next = await graftAgain();
      using after = cast(find(next.grants, "now"), Clock);
      told.push(await tell(after.now()));
      using asked = await next.powerbox.request({ reason: "again", which: "clock" });
      told.push(await tell(cast(asked.grant.cap, Clock).now()));
      return 0;
    },
  });
  const tree = createTree({
    "bin/main.wasm": "main",
    "etc/grants.json": JSON.stringify({ grants: { now: { ask: "clock", reason: "to tell it" } } }),
  });
  const run = bench.start({ tree, chooser });
  await ready;
  await run.run.advance(new Uint8Array(0));
  onAdvanced();
  expect(await run.outcome).toEqual({ type: "exited", code: 0 });
  expect(told).toEqual([ANSWERED, expect.stringContaining("staleEpoch"), ANSWERED, ANSWERED]);
});
