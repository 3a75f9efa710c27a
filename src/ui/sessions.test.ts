import { expect, test } from "vitest";
import { createPipe, decodeText, encodeText, Exception } from "#base";
import type { ByteSink } from "#base";
// oxlint-disable-next-line no-restricted-imports -- a kernel over cells in memory, which no door gives
import { forever, graft, openBench, spawn } from "../kernel/kernel-bench.testing.ts";
// oxlint-disable-next-line no-restricted-imports -- what its image is made of
import { createTree } from "../kernel/memory-cells.testing.ts";
import type { PageKernel } from "./powers.ts";
import { createSessions } from "./sessions.ts";
import type { Sessions } from "./sessions.ts";
import type { SessionTerminal } from "./session.ts";

interface TestTerminal extends SessionTerminal {
  readonly keys: ByteSink;
  shown: string;
  state: "open" | "detached" | "disposed";
  readonly interrupt: (again: boolean) => void;
}

type Programs = Parameters<typeof openBench>[0];

interface Bench extends AsyncDisposable {
  readonly sessions: Sessions<TestTerminal>;
  readonly running: () => readonly string[];
  readonly lose: (reason: Exception) => void;
  /** What waits for time to pass. */
  readonly timers: (() => void)[];
  readonly abandoned: () => number;
}

function open(programs: Programs, prepare?: Parameters<typeof openBench>[1]): Bench {
  const bench = openBench(programs, prepare);
  const { promise: lost, resolve: lose } = Promise.withResolvers<Exception>();
  const timers: (() => void)[] = [];
  let abandoned = 0;
  const kernel: PageKernel = {
    owner: bench.owner,
    lost,
    abandon() {
      abandoned++;
      lose(new Exception("disconnected", "The kernel was stopped"));
    },
  };
  const sessions = createSessions<TestTerminal>({
    kernel: async ({ signal }) => {
      signal?.throwIfAborted();
      return kernel;
    },
    openAhead: async () => undefined,
    openTerminal(interrupt) {
      const { source: input, sink: keys } = createPipe(1024);
      const terminal: TestTerminal = {
        keys,
        input,
        interrupt,
        shown: "",
        state: "open",
        async show(output) {
          for await (const piece of output) terminal.shown += decodeText(piece);
        },
        discard: () => undefined,
        detach: () => void (terminal.state = "detached"),
        [Symbol.dispose]: () => void (terminal.state = "disposed"),
      };
      return terminal;
    },
    after(_ms, action, until) {
      timers.push(() => {
        if (!until.aborted) action();
      });
    },
  });
  return {
    sessions,
    running: () => bench.cells.running,
    lose,
    timers,
    abandoned: () => abandoned,
    [Symbol.asyncDispose]: bench[Symbol.asyncDispose],
  };
}

test("a session shows its stage, its processes, its output and its end", async () => {
  await using bench = open({
    async main(guest) {
      const { session } = await graft(guest);
      await spawn(session, "forever", ["x"]);
      const typed = await guest.stdin.read(100);
      await guest.stdout.write(typed ?? new Uint8Array());
      return 3;
    },
    forever,
  });
  const session = bench.sessions.open("/ipfs/one");
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

test("sessions run beside each other, and each is stopped by itself", async () => {
  await using bench = open({ main: forever });
  const first = bench.sessions.open("/ipfs/one");
  bench.sessions.select(undefined);
  const second = bench.sessions.open("/ipfs/two");
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

test("an image that is opened takes the place of the one that is looked at", async () => {
  await using bench = open({ main: forever });
  const first = bench.sessions.open("/ipfs/one");
  await expect.poll(bench.running).toEqual(["main"]);
  const second = bench.sessions.open("/ipfs/two");
  expect(await first.ended).toEqual({ type: "killed", reason: "Stopped for another image" });
  expect(bench.sessions.list.value).toEqual([second]);
  await expect.poll(bench.running).toEqual(["main"]);
  second.stop("Stopped");
  await second.ended;
});

test("a session can be stopped while its program is prepared", async () => {
  await using bench = open({ main: forever }, () => new Promise(() => undefined));
  const session = bench.sessions.open("/ipfs/one");
  await expect.poll(() => session.stage.value.which).toBe("preparing");
  session.stop("Stopped");
  expect(await session.ended).toEqual({ type: "killed", reason: "Stopped" });
});

test("Ctrl-C asks for another one, which stops the session", async () => {
  await using bench = open({ main: forever });
  const session = bench.sessions.open("/ipfs/one");
  session.terminal.interrupt(false);
  expect(session.note.value).toBe("Ctrl-C once more stops the image");
  bench.timers.shift()?.();
  expect(session.note.value).toBe("");
  session.terminal.interrupt(true);
  expect(await session.ended).toEqual({ type: "killed", reason: "Stopped by Ctrl-C" });
});

test("a kernel that is lost is how its sessions failed", async () => {
  await using bench = open({ main: forever });
  const session = bench.sessions.open("/ipfs/one");
  await expect.poll(() => session.stage.value.which).toBe("running");
  bench.lose(new Exception("failed", "The kernel's worker failed; reload the page"));
  const reason = "The kernel's worker failed; reload the page";
  expect(await session.ended).toEqual({ type: "failed", reason });
});

test("a kernel that does not stop a run is given up", async () => {
  await using bench = open({ main: forever });
  const tree = createTree({ "bin/main.wasm": "main" });
  const session = bench.sessions.open("/ipfs/one");
  await expect.poll(() => session.stage.value.which).toBe("running");
  expect(tree.entries.size).toBeGreaterThan(0);
  session.stop("Stopped");
  expect(await session.ended).toEqual({ type: "killed", reason: "Stopped" });
  for (const timer of bench.timers) timer();
  expect(bench.abandoned()).toBe(0);
});
