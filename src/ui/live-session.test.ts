import { expect, test } from "vitest";
import { encodeText, Exception, untilAborted } from "#base";
import { serve } from "#capnp";
import type { Client } from "#capnp";
import { ByteStream, LiveTie, SharedTerminal } from "#schema";
import type { Live } from "#schema";
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

async function start(
  cap: Client,
  until: Promise<void>,
  about: Partial<Pick<Live, "kind" | "label" | "image">> = {},
): Promise<Session<TestTerminal>> {
  const bench = openSessions({});
  const tie = serve(LiveTie, { wait: ({ signal }) => untilAborted(until, signal) });
  return startLiveSession(LINK, {
    ...bench.powers,
    openLive: async () => ({
      kind: "screen",
      label: "Screen",
      image: "/ipfs/bafy",
      cap,
      tie,
      ...about,
    }),
  });
}

test("startLiveSession() reads nothing more once what it shows has ended", async () => {
  let reads = 0;
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const session = await start(
    serveEndless(() => reads++),
    over,
  );
  await expect.poll(() => session.terminal.shown.length).toBeGreaterThan(3);
  end();
  await session.ended;
  // What was under way has come by then.
  for (let at = 0; at < 10; at++) await new Promise((resolve) => setTimeout(resolve));
  const before = reads;
  for (let at = 0; at < 100; at++) await new Promise((resolve) => setTimeout(resolve));
  expect(reads).toBe(before);
});

test("startLiveSession() shows a few words of what the other tab says, however much that is", async () => {
  const text = "x".repeat(1_000_000);
  const { promise: over, reject: end } = Promise.withResolvers<void>();
  const about = { kind: "export", label: text, image: text } as const;
  const session = await start(
    serveEndless(() => undefined),
    over,
    about,
  );
  await expect.poll(() => session.stage.value.which).toBe("running");
  expect(session.note.value).toContain("xxx");
  expect(session.note.value.length).toBeLessThan(400);
  end(new Exception("failed", text));
  const { reason } = (await session.ended) as { readonly reason: string };
  expect(reason).toContain("xxx");
  expect(reason.length).toBeLessThan(400);
});
