import { expect, test } from "vitest";
import { encodeText, Exception } from "#base";
import type { Waiting } from "#base";
import { serve } from "#capnp";
import { Owner } from "#schema";
import type { OwnerServer, RunServer } from "#schema";
// oxlint-disable-next-line no-restricted-imports -- programs of a kernel over cells in memory, which no door gives
import { forever, graft, spawn } from "../kernel/kernel-bench.testing.ts";
import type { NamedImage, PageKernel } from "./powers.ts";
import { createSessions } from "./sessions.ts";
import type { Session } from "./session.ts";
import { linkTo, openSessions } from "./sessions-bench.testing.ts";
import type { TestTerminal } from "./sessions-bench.testing.ts";

test("a session shows its stage, its processes, its output and its end", async () => {
  await using bench = openSessions({
    async main(guest) {
      const { session } = await graft(guest);
      await spawn(session, "forever", ["x"]);
      const typed = await guest.stdin.read(100);
      await guest.stdout.write(typed ?? new Uint8Array());
      return 3;
    },
    forever,
  });
  const session = bench.sessions.open(linkTo("/ipfs/one"));
  expect(session.stage.value.which).toBe("opening");
  expect(bench.sessions.selected.value).toBe(session);
  await expect
    .poll(() => session.processes.value.map(({ args }) => args.join(" ")))
    .toEqual(["bin/main.wasm", "process x"]);
  expect(session.stage.value.which).toBe("running");
  await expect.poll(() => session.limits.value?.memoryBytes).toBe(256 * 2 ** 20);
  await session.terminal.keys.write(encodeText("typed"));
  expect(await session.ended).toEqual({ type: "exited", code: 3 });
  expect(session.outcome.value).toEqual({ type: "exited", code: 3 });
  expect(session.terminal.shown).toBe("typed");
  expect(session.terminal.state).toBe("detached");
  expect(session.processes.value).toEqual([]);
});

test("a session has begun when its program has written, has been silent for long, or has ended", async () => {
  await using bench = openSessions({
    async main({ stdin, stdout }) {
      const typed = await stdin.read(100);
      await stdout.write(typed ?? new Uint8Array());
      await stdin.read(100);
      return 0;
    },
  });
  const open = async (): Promise<Session<TestTerminal>> => {
    bench.sessions.select(undefined);
    const session = bench.sessions.open(linkTo("/ipfs/one"));
    await expect.poll(() => session.stage.value.which).toBe("running");
    expect(await Promise.race([session.begun.then(() => "begun"), Promise.resolve("silent")])).toBe(
      "silent",
    );
    return session;
  };
  const writing = await open();
  await writing.terminal.keys.write(encodeText("typed"));
  await writing.begun;
  expect(writing.outcome.value).toBeUndefined();
  const silent = await open();
  for (const pass of bench.timers) pass();
  await silent.begun;
  expect(silent.terminal.shown).toBe("");
  const ending = await open();
  ending.stop("Stopped");
  await ending.begun;
});

test("sessions run beside each other, and each is stopped by itself", async () => {
  await using bench = openSessions({ main: forever });
  const first = bench.sessions.open(linkTo("/ipfs/one"));
  bench.sessions.select(undefined);
  const second = bench.sessions.open(linkTo("/ipfs/two"));
  await expect.poll(bench.running).toEqual(["main", "main"]);
  expect(bench.sessions.list.value).toEqual([first, second]);
  second.stop("Stopped");
  expect(await second.ended).toEqual({ type: "killed", reason: "Stopped" });
  await expect.poll(bench.running).toEqual(["main"]);
  bench.sessions.close(first);
  expect(await first.ended).toMatchObject({ type: "killed" });
  expect(bench.sessions.list.value).toEqual([second]);
  expect(first.terminal.state).not.toBe("open");
});

test("a session runs the image that its name leads to, then the next one, until it ends", async () => {
  await using bench = openSessions({ main: forever });
  const asked: string[] = [];
  const fetched: string[] = [];
  const { promise: followed, resolve: onFollow } =
    Promise.withResolvers<Parameters<NamedImage["follow"]>>();
  const sessions = createSessions({
    ...bench.powers,
    async findImage(layers) {
      asked.push(...layers);
      return {
        layers: ["/ipfs/base", "/ipfs/one"],
        follow: (...following) => onFollow(following),
      };
    },
    prefetch: async ({ layers }) => void fetched.push(...layers),
  });
  const session = sessions.open(linkTo("/ipns/name"));
  expect(session.path).toBe("/ipns/name");
  const [onHead, until] = await followed;
  await expect.poll(() => session.stage.value.which).toBe("running");
  expect([asked, fetched]).toEqual([["/ipns/name"], ["/ipfs/base", "/ipfs/one"]]);
  expect(session.layers).toEqual(["/ipfs/base", "/ipfs/one"]);
  const { runs } = await bench.kernel.owner.runs();
  const [entry] = runs;
  expect(entry?.layers).toEqual(["/ipfs/base", "/ipfs/one"]);
  await onHead("/ipfs/two");
  const { epoch } = await entry!.run.epoch();
  expect(epoch).toMatchObject({ seq: 1n, head: encodeText("/ipfs/two") });
  expect(session.layers).toEqual(["/ipfs/base", "/ipfs/two"]);
  expect(until.aborted).toBe(false);
  session.stop("Stopped");
  await session.ended;
  expect(until.aborted).toBe(true);
});

function searchForever(_layers: readonly string[], { signal }: Waiting): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

test("a session whose name cannot be resolved ends with the reason, or is stopped before", async () => {
  await using bench = openSessions({ main: forever });
  const stopped = createSessions({ ...bench.powers, findImage: searchForever }).open(
    linkTo("/ipns/name"),
  );
  stopped.stop("Stopped");
  expect(await stopped.ended).toEqual({ type: "killed", reason: "Stopped" });
  const reason = new Exception("failed", 'Cannot resolve "/ipns/name": nobody knows it');
  const failing = createSessions({ ...bench.powers, findImage: () => Promise.reject(reason) });
  expect(await failing.open(linkTo("/ipns/name")).ended).toEqual({
    type: "failed",
    reason: reason.message,
  });
});

test("an image that is opened takes the place of the one that is looked at", async () => {
  await using bench = openSessions({ main: forever });
  const first = bench.sessions.open(linkTo("/ipfs/one"));
  await expect.poll(bench.running).toEqual(["main"]);
  const second = bench.sessions.open(linkTo("/ipfs/two"));
  expect(await first.ended).toEqual({ type: "killed", reason: "Stopped for another image" });
  expect(bench.sessions.list.value).toEqual([second]);
  await expect.poll(bench.running).toEqual(["main"]);
  second.stop("Stopped");
  await second.ended;
});

test("the kernel forgets the run of a session that is over", async () => {
  await using bench = openSessions({ main: async () => 0 });
  for (const path of ["/ipfs/one", "/ipfs/two"]) await bench.sessions.open(linkTo(path)).ended;
  await expect
    .poll(async () => {
      using listed = await bench.kernel.owner.runs();
      return listed.runs.length;
    })
    .toBe(0);
});

test("a session can be stopped while its program is prepared", async () => {
  await using bench = openSessions({ main: forever }, () => new Promise(() => undefined));
  const session = bench.sessions.open(linkTo("/ipfs/one"));
  await expect.poll(() => session.stage.value.which).toBe("preparing");
  session.stop("Stopped");
  expect(await session.ended).toEqual({ type: "killed", reason: "Stopped" });
});

test("Ctrl-C asks for another one, which stops the session", async () => {
  await using bench = openSessions({ main: forever });
  const session = bench.sessions.open(linkTo("/ipfs/one"));
  session.terminal.interrupt(false);
  expect(session.note.value).toBe("Ctrl-C once more stops the image");
  bench.timers.shift()?.();
  expect(session.note.value).toBe("");
  session.terminal.interrupt(true);
  expect(await session.ended).toEqual({ type: "killed", reason: "Stopped by Ctrl-C" });
});

test("a kernel that is lost is how its sessions failed", async () => {
  await using bench = openSessions({ main: forever });
  const session = bench.sessions.open(linkTo("/ipfs/one"));
  await expect.poll(() => session.stage.value.which).toBe("running");
  bench.lose(new Exception("failed", "The kernel's worker failed; reload the page"));
  const reason = "The kernel's worker failed; reload the page";
  expect(await session.ended).toEqual({ type: "failed", reason });
});

test("a kernel that does not even answer is given up, when the session is stopped", async () => {
  await using bench = openSessions({});
  const never = new Promise<never>(() => undefined);
  let asked = 0;
  const boot: OwnerServer["boot"] = () => {
    asked++;
    return never;
  };
  const owner = serve(Owner, { boot } as Partial<OwnerServer> as OwnerServer);
  const kernel = async (): Promise<PageKernel> => ({ ...bench.kernel, owner });
  const session = createSessions({ ...bench.powers, kernel }).open(linkTo("/ipfs/one"));
  await expect.poll(() => asked).toBe(1);
  session.stop("Stopped");
  await expect.poll(() => bench.timers.length).toBe(1);
  bench.timers[0]?.();
  expect(await session.ended).toEqual({ type: "killed", reason: "Stopped" });
  expect(bench.abandoned()).toBe(1);
});

test("a kernel that does not stop a run in time is given up, and the run was stopped", async () => {
  await using bench = openSessions({});
  const never = new Promise<never>(() => undefined);
  const stopped: string[] = [];
  const stuck: Partial<RunServer> = {
    wait: () => never,
    stop: (reason) => void stopped.push(reason),
    stdin: () => never,
    stdout: () => never,
    stderr: () => never,
  };
  const owner = serve(Owner, {
    boot: () => ({ run: stuck as RunServer, id: 1 }),
    watch: () => never,
  } as Partial<OwnerServer> as OwnerServer);
  const kernel = async (): Promise<PageKernel> => ({ ...bench.kernel, owner });
  const session = createSessions({ ...bench.powers, kernel }).open(linkTo("/ipfs/one"));
  await expect.poll(() => bench.abandoned() + stopped.length).toBe(0);
  session.stop("Stopped");
  await expect.poll(() => stopped).toEqual(["Stopped"]);
  expect(session.outcome.value).toBeUndefined();
  for (const timer of bench.timers) timer();
  expect(await session.ended).toEqual({ type: "killed", reason: "Stopped" });
  expect(bench.abandoned()).toBe(1);
});
