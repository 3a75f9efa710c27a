/** Sessions on a kernel over cells in memory, with terminals that keep what they show. */
import { createPipe, decodeText, Exception } from "#base";
import type { ByteSink } from "#base";
// oxlint-disable-next-line no-restricted-imports -- a kernel over cells in memory, which no door gives
import { openBench } from "../kernel/kernel-bench.testing.ts";
import { createTestGranting } from "./granting.testing.ts";
import type { TestGranting } from "./granting.testing.ts";
import type { LinkedImage, PageKernel } from "./powers.ts";
import type { SessionPowers, SessionTerminal } from "./session.ts";
import { createSessions } from "./sessions.ts";
import type { Sessions } from "./sessions.ts";

export interface TestTerminal extends SessionTerminal {
  readonly keys: ByteSink;
  shown: string;
  pressed: string;
  state: "open" | "detached" | "disposed";
  readonly interrupt: (again: boolean) => void;
}

/** A plain link to an image. */
export function linkTo(path: string): LinkedImage {
  return { path, layers: [path], peers: [], args: [] };
}

type Programs = Parameters<typeof openBench>[0];

export interface SessionBench extends AsyncDisposable {
  readonly sessions: Sessions<TestTerminal>;
  readonly kernel: PageKernel;
  readonly powers: Omit<SessionPowers<TestTerminal>, "watch">;
  readonly running: () => readonly string[];
  readonly granting: TestGranting;
  /** What the clocks tell. */
  readonly time: { nowMs: number; wallMs: number };
  readonly lose: (reason: Exception) => void;
  /** What waits for time to pass. */
  readonly timers: (() => void)[];
  readonly abandoned: () => number;
}

export function openSessions(
  programs: Programs,
  prepare?: Parameters<typeof openBench>[1],
): SessionBench {
  const bench = openBench(programs, prepare);
  const { promise: lost, resolve: lose } = Promise.withResolvers<Exception>();
  const timers: (() => void)[] = [];
  let abandoned = 0;
  const granting = createTestGranting();
  const time = { nowMs: 0, wallMs: 0 };
  const kernel: PageKernel = {
    owner: bench.owner,
    lost,
    abandon() {
      abandoned++;
      lose(new Exception("disconnected", "The kernel was stopped"));
    },
  };
  const powers: Omit<SessionPowers<TestTerminal>, "watch"> = {
    kernel: async ({ signal }) => {
      signal?.throwIfAborted();
      return kernel;
    },
    findImage: async (layers) => ({ layers, follow: () => undefined }),
    prefetch: async () => undefined,
    granting: async () => granting,
    openLive: () => Promise.reject(new Exception("failed", "There is no other tab")),
    nameImage: (path) => path,
    clock: { nowMs: () => time.nowMs, wallMs: () => time.wallMs },
    openTerminal(interrupt) {
      const { source: input, sink: keys } = createPipe(1024);
      const terminal: TestTerminal = {
        keys,
        input,
        interrupt,
        shown: "",
        pressed: "",
        state: "open",
        async show(output) {
          for await (const piece of output) terminal.shown += decodeText(piece);
        },
        discard: () => undefined,
        mirror: async () => createPipe(1024).source,
        press: async (pressed) => void (terminal.pressed += pressed),
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
  };
  return {
    sessions: createSessions(powers),
    kernel,
    powers,
    granting,
    time,
    running: () => bench.cells.running,
    lose,
    timers,
    abandoned: () => abandoned,
    [Symbol.asyncDispose]: bench[Symbol.asyncDispose],
  };
}
