import { expect, test } from "vitest";
import { decodeText, encodeText, Exception, untilAborted } from "#base";
import { serve } from "#capnp";
import type { Client } from "#capnp";
import { ByteStream, LiveTie, SharedTerminal } from "#schema";
import type { Live, LiveEnd } from "#schema";
import type { OpenedLink } from "./live-link.ts";
import { startLiveSession } from "./live-session.ts";
import type { Session } from "./session.ts";
import { openSessions } from "./sessions-bench.testing.ts";
import type { TestTerminal } from "./sessions-bench.testing.ts";

const LINK = { path: "/live/x", token: new Uint8Array(16), peers: [] };

/** A screen that shows a letter each time it is read. */
const serveEndless = (read: () => void): Client =>
  serve(SharedTerminal, {
    output: () => ({
      stream: serve(ByteStream, {
        async read() {
          await new Promise((resolve) => setTimeout(resolve));
          read();
          return { data: encodeText("x") };
        },
        write: () => Promise.reject(new Error("read-only")),
        close: () => undefined,
      }),
    }),
    input: () => Promise.reject(new Error("no keys")),
  });

const anyScreen = (): Client => serveEndless(() => undefined);

type Ending = PromiseWithResolvers<{ readonly end: LiveEnd }>;

function createLive(cap: Client, { promise }: Ending, about: Partial<Live> = {}): OpenedLink {
  const tie = serve(LiveTie, { wait: ({ signal }) => untilAborted(promise, signal) });
  return {
    state: "open",
    live: {
      kind: "screen",
      label: "Screen",
      image: "/ipfs/bafy",
      cap,
      tie,
      attachedMs: 1,
      ...about,
    },
  };
}

const createEnding = (): Ending => Promise.withResolvers<{ readonly end: LiveEnd }>();

/** What the other tab answers, one after the other; the last again and again. */
interface Bench {
  readonly session: Session<TestTerminal>;
  /** Lets time pass, and all that waits for it go on. */
  readonly pass: (ms: number) => void;
}

function start(...answers: readonly (OpenedLink | Exception)[]): Bench {
  const bench = openSessions({});
  const left = [...answers];
  const session = startLiveSession(LINK, {
    ...bench.powers,
    async openLive() {
      const answer = left.length > 1 ? left.shift() : left[0];
      if (answer === undefined || answer instanceof Exception) throw answer;
      return answer;
    },
  });
  return {
    session,
    pass(ms) {
      bench.time.nowMs += ms;
      for (const timer of bench.timers.splice(0)) timer();
    },
  };
}

test("startLiveSession() reads nothing more once what it shows has ended", async () => {
  let reads = 0;
  const ending = createEnding();
  const screen = serveEndless(() => reads++);
  const { session } = start(createLive(screen, ending));
  await expect.poll(() => session.terminal.shown.length).toBeGreaterThan(3);
  ending.resolve({ end: "stopped" });
  await session.ended;
  // What was under way has come by then.
  for (let at = 0; at < 10; at++) await new Promise((resolve) => setTimeout(resolve));
  const before = reads;
  for (let at = 0; at < 100; at++) await new Promise((resolve) => setTimeout(resolve));
  expect(reads).toBe(before);
});

test("startLiveSession() shows a few words of what the other tab says, however much that is", async () => {
  const text = "x".repeat(1_000_000);
  const ending = createEnding();
  const about = { kind: "export", label: text, image: text } as const;
  const { session } = start(createLive(anyScreen(), ending, about));
  await expect.poll(() => session.stage.value.which).toBe("running");
  expect(session.note.value).toContain("xxx");
  expect(session.note.value.length).toBeLessThan(1000);
  ending.reject(new Exception("failed", text));
  const { reason } = (await session.ended) as { readonly reason: string };
  expect(reason).toContain("xxx");
  expect(reason.length).toBeLessThan(400);
});

for (const [end, reason] of [
  ["stopped", "The program was stopped, or has ended, in the other tab"],
  ["closed", "The owner of the other tab has ended this link"],
  ["expired", "The time of this link is over"],
] as const) {
  test(`startLiveSession() says why it has ended: ${end}`, async () => {
    const ending = createEnding();
    const { session } = start(createLive(anyScreen(), ending));
    await expect.poll(() => session.stage.value.which).toBe("running");
    ending.resolve({ end });
    expect(await session.ended).toEqual({ type: "killed", reason });
  });
}

const LOST = new Exception("disconnected", "The other tab cannot be reached: it is closed");

test("startLiveSession() connects again to a tab that is loaded again, and says that the program is a new one", async () => {
  const [first, second] = [createEnding(), createEnding()];
  const { session, pass } = start(
    createLive(anyScreen(), first),
    LOST,
    { state: "silent" },
    { state: "unknown" },
    { state: "idle" },
    createLive(anyScreen(), second, { attachedMs: 2 }),
  );
  await expect.poll(() => session.terminal.shown.length).toBeGreaterThan(3);
  first.reject(new Exception("disconnected", "the connection was lost"));
  await expect.poll(() => session.note.value).toMatch(/connecting again/);
  const notes = new Set<string>();
  await expect
    .poll(() => {
      notes.add(session.note.value);
      pass(2000);
      return session.note.value;
    })
    .toMatch(/you can only watch; the program was started again there$/);
  expect([...notes].join()).toContain("The other tab is back, and is still loading");
  expect([...notes].join()).toContain("does not run this program now");
  second.resolve({ end: "closed" });
  expect(await session.ended).toMatchObject({ type: "killed" });
});

/** A terminal that takes keys once the promise has resolved. */
const serveTyped = (ready: Promise<void>, take: (text: string) => void): Client =>
  serve(SharedTerminal, {
    output: () => ({
      stream: serve(ByteStream, {
        read: () => new Promise<never>(() => undefined),
        write: () => Promise.reject(new Error("read-only")),
        close: () => undefined,
      }),
    }),
    async input() {
      await ready;
      return {
        stream: serve(ByteStream, {
          read: () => Promise.reject(new Error("write-only")),
          write: (data) => take(decodeText(data)),
          close: () => undefined,
        }),
      };
    },
  });

test("startLiveSession() keeps keys until the link is open, and none for the next program", async () => {
  const typed = ["", ""];
  const { promise: ready, resolve: beReady } = Promise.withResolvers<void>();
  const [first, second] = [createEnding(), createEnding()];
  const serveTo = (at: 0 | 1): Client => serveTyped(ready, (text) => (typed[at] += text));
  const { session, pass } = start(
    createLive(serveTo(0), first, { kind: "terminal" }),
    { state: "idle" },
    createLive(serveTo(1), second, { kind: "terminal", attachedMs: 2 }),
  );
  const { keys } = session.terminal;
  await keys.write(encodeText("early "));
  await expect.poll(() => session.stage.value.which).toBe("running");
  await keys.write(encodeText("soon"));
  beReady();
  await expect.poll(() => typed[0]).toBe("early soon");
  first.reject(new Exception("disconnected", "the connection was lost"));
  await expect.poll(() => session.note.value).toMatch(/connecting again/);
  await keys.write(encodeText("lost"));
  await expect
    .poll(() => {
      pass(2000);
      return session.note.value;
    })
    .toMatch(/started again there$/);
  await keys.write(encodeText("next"));
  await expect.poll(() => typed[1]).toBe("next");
  second.resolve({ end: "stopped" });
  await session.ended;
  expect(typed).toEqual(["early soon", "next"]);
});

for (const [state, limitMs, reason] of [
  [LOST, 120_000, LOST.message],
  [{ state: "unknown" }, 20_000, "it has ended, or was not copied whole"],
  [{ state: "silent" }, 20_000, "The other tab shares nothing"],
  [{ state: "idle" }, 600_000, "The other tab has not run this program again"],
] as const) {
  test(`startLiveSession() looks for a tab that was there for a while only: ${reason}`, async () => {
    const ending = createEnding();
    const { session, pass } = start(createLive(anyScreen(), ending), state);
    await expect.poll(() => session.stage.value.which).toBe("running");
    ending.reject(new Exception("disconnected", "the connection was lost"));
    let passedMs = 0;
    for (; session.outcome.value === undefined && passedMs < 2 * limitMs; passedMs += 10_000) {
      pass(10_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(passedMs).toBeGreaterThanOrEqual(limitMs);
    const failed = { type: "failed", reason: expect.stringContaining(reason) };
    expect(session.outcome.value).toEqual(failed);
  });
}

test("startLiveSession() says at once that a link leads nowhere, or that its tab is not there", async () => {
  const unknown = await start({ state: "unknown" }).session.ended;
  const reason = expect.stringContaining("it has ended, or was not copied whole");
  expect(unknown).toEqual({ type: "failed", reason });
  expect(await start(LOST).session.ended).toEqual({ type: "failed", reason: LOST.message });
});
