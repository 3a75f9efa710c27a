/** What is held, kept, restored and revoked, by the programs of a kernel and its visitor. */
import { expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import type { Session } from "./session.ts";
import { NO_NARROWING } from "./narrowing.ts";
import { asking, CLOCK, give, look, now } from "./petitions.testing.ts";
import { linkTo, openSessions } from "./sessions-bench.testing.ts";
import type { SessionBench, TestTerminal } from "./sessions-bench.testing.ts";

/**
 * Obeys one line of input: `keep` asks for a clock and keeps it, anything else is the token of a grant. Then tells what the
 * clock says for each further line.
 */
const keeps = asking(async (powerbox, guest) => {
  const say = (text: string): Promise<unknown> => guest.stdout.write(encodeText(`${text}\n`));
  const read = async (): Promise<string> =>
    decodeText((await guest.stdin.read(100)) ?? new Uint8Array());
  const typed = await read();
  try {
    using results =
      typed === "keep" ? await powerbox.request(CLOCK) : await powerbox.restore(encodeText(typed));
    const { cap, keeper, label } = results.grant;
    const keep = async (): Promise<string> =>
      keeper.keep().then(({ token }) => decodeText(token), String);
    await say(`${label}: ${await now(cap)}; ${await keep()}; ${await keep()}`);
    while ((await read()) !== "") await say(`${await now(cap)}; ${await keep()}`);
  } catch (error) {
    await say(String(error));
  }
});

type TestSession = Session<TestTerminal>;

async function run(bench: SessionBench, input: string, path = "/ipfs/one"): Promise<TestSession> {
  const session = bench.sessions.open(linkTo(path));
  await session.terminal.keys.write(encodeText(input));
  return session;
}

async function end(session: TestSession): Promise<string> {
  session.terminal.keys.close();
  await session.ended;
  return session.terminal.shown;
}

/** Runs the image, which asks for a clock, and gives it one. */
async function runAndGive(
  bench: SessionBench,
  more: Parameters<typeof give>[1] = {},
): Promise<TestSession> {
  const session = await run(bench, "keep");
  const petition = await look(bench, session.petitions);
  await session.petitions.answer(petition, () => give(bench, { canKeep: true, ...more }));
  await expect.poll(() => session.terminal.shown).toContain("\n");
  return session;
}

const clockEntry = (session: TestSession): TestSession["held"]["entries"]["value"][number] =>
  session.held.entries.value.find(({ label }) => label === "A clock") ?? expect.fail("no entry");

test("givenCount counts what the visitor has given, and not what every image has", async () => {
  await using bench = openSessions({ main: keeps });
  const waiting = await run(bench, "keep");
  await look(bench, waiting.petitions);
  expect(waiting.held.entries.value.map(({ basic }) => basic)).toEqual([true]);
  expect(waiting.held.givenCount.value).toBe(0);
  const session = await runAndGive(bench);
  expect(session.held.entries.value.map(({ basic }) => basic)).toEqual([true, false]);
  expect(session.held.givenCount.value).toBe(1);
});

test("what is held is listed with its restrictions and uses, and is revoked with its token", async () => {
  await using bench = openSessions({ main: keeps });
  const narrowing = { ...NO_NARROWING, minutes: 1 };
  const session = await runAndGive(bench, { narrowing });
  expect(session.terminal.shown).toBe("A clock: 7; token 1; token 1\n");
  await session.held.refresh();
  expect(clockEntry(session)).toMatchObject({
    pid: 0,
    holder: "/ipfs/one",
    name: "clock",
    uses: 1,
    refusals: 0,
    restrictions: ["for 60000 ms"],
  });
  expect(await bench.granting.kept.list()).toHaveLength(1);
  await session.held.revoke(clockEntry(session).id);
  expect(await bench.granting.kept.list()).toEqual([]);
  await session.terminal.keys.write(encodeText("again"));
  await expect.poll(() => session.terminal.shown).toMatch(/revoked.*; .*/s);
  const shown = await end(session);
  expect(shown).toMatch(/target-revoked.*; token 1/);
  expect(session.held.entries.value).toEqual([]);
  const events = (await session.held.readLog())
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly event: string; readonly label: string })
    .filter(({ label }) => label === "A clock")
    .map(({ event }) => event);
  expect(events).toEqual(["granted", "used", "revoked"]);
  // The token is of no use any more.
  expect(await end(await run(bench, "token 1"))).toContain("no grant to restore");
});

test("revoking what a grant was made through revokes the grant and its token", async () => {
  await using bench = openSessions({ main: keeps });
  const session = await runAndGive(bench);
  const { via } = clockEntry(session);
  expect(via).toBeGreaterThan(0);
  await session.held.revoke(via);
  expect(await bench.granting.kept.list()).toEqual([]);
  session.stop("Stopped");
  await session.ended;
});

test("a kept grant is restored for the same image alone", async () => {
  await using bench = openSessions({ main: keeps });
  await end(await runAndGive(bench));
  expect(await end(await run(bench, "token 1"))).toBe("A clock: 7; token 1; token 1\n");
  expect(await end(await run(bench, "token 1", "/ipfs/two"))).toContain("no grant to restore");
  expect(await end(await run(bench, "token 2"))).toContain("no grant to restore");
});

test("a kept grant that is revoked ends where it lives", async () => {
  await using bench = openSessions({ main: keeps });
  await end(await runAndGive(bench));
  const session = await run(bench, "token 1");
  await expect.poll(() => session.terminal.shown).toContain("\n");
  await bench.granting.kept.remove(1);
  await expect
    .poll(() => session.held.entries.value.map(({ label }) => label))
    .not.toContain("A clock");
  await session.terminal.keys.write(encodeText("again"));
  await expect.poll(() => session.terminal.shown).toContain("revoked");
  await end(session);
});

test("a grant that is revoked while it returns is not restored", async () => {
  await using bench = openSessions({ main: keeps });
  await end(await runAndGive(bench));
  const unlock = Promise.withResolvers<undefined>();
  bench.granting.reopenAs = (designation) => ({
    state: "locked",
    unlock: async () => {
      await unlock.promise;
      return designation;
    },
  });
  const session = await run(bench, "token 1");
  const petition = await look(bench, session.petitions);
  expect(petition.returning?.label).toBe("A clock");
  const answering = session.petitions.answer(petition, async () => {
    const designation = await petition.returning?.unlock();
    return designation && give(bench, { designation });
  });
  await bench.granting.kept.remove(1);
  unlock.resolve(undefined);
  await answering;
  expect(await end(session)).toMatch(/"A clock" was revoked/);
});

test("a kept grant expires at the hour of its first grant", async () => {
  await using bench = openSessions({ main: keeps });
  await end(await runAndGive(bench, { narrowing: { ...NO_NARROWING, minutes: 10 } }));
  bench.time.wallMs = 9 * 60_000;
  const session = await run(bench, "token 1");
  await expect.poll(() => session.terminal.shown).toContain("\n");
  expect(clockEntry(session).restrictions).toEqual(["for 60000 ms"]);
  await end(session);
  bench.time.wallMs = 10 * 60_000;
  expect(await end(await run(bench, "token 1"))).toContain("no grant to restore");
  expect(await bench.granting.kept.list()).toEqual([]);
});

test.each([
  ["the visitor does not allow it", { canKeep: false }],
  ["its count would begin anew", { narrowing: { ...NO_NARROWING, calls: 9 } }],
])("a grant cannot be kept when %s", async (_, more) => {
  await using bench = openSessions({ main: keeps });
  const session = await runAndGive(bench, more);
  expect(await end(session)).toMatch(/^A clock: 7; Exception: .*null.*\n$/);
  expect(await bench.granting.kept.list()).toEqual([]);
});
