/** What a visitor is asked, and how the answers reach the programs of a kernel. */
import { expect, test } from "vitest";
import { Exception } from "#base";
import { cast } from "#capnp";
import { Secret } from "#schema";
import { NO_NARROWING } from "./narrowing.ts";
import type { Answer, OpenPetition } from "./petitions.ts";
import { asking, CLOCK, give, look, now } from "./petitions.testing.ts";
import { linkTo, openSessions } from "./sessions-bench.testing.ts";

test("a petition shows who asks for what and why, and is answered by what is designated", async () => {
  const told: string[] = [];
  await using bench = openSessions({
    main: asking(async (powerbox) => {
      using first = await powerbox.request(CLOCK);
      using second = await powerbox.request(CLOCK);
      for (const { grant } of [first, second]) {
        told.push(grant.label, await now(grant.cap));
        told.push(grant.keeper === null ? "null" : "keeper");
      }
      told.push(await now(first.grant.cap));
    }),
  });
  const { petitions, ended } = bench.sessions.open(linkTo("/ipfs/one"));
  const petition = await look(bench, petitions);
  expect(petition).toMatchObject({
    pid: 0,
    asker: "/ipfs/one",
    layers: ["/ipfs/one"],
    name: "",
    ask: CLOCK,
    returning: undefined,
  });
  await petitions.answer(petition, () => give(bench, { narrowing: { ...NO_NARROWING, calls: 1 } }));
  const second = await look(bench, petitions);
  expect(second.id).not.toBe(petition.id);
  await petitions.answer(second, async () => give(bench));
  expect(await ended).toEqual({ type: "exited", code: 0 });
  expect(told.filter((each) => each !== "null" && each !== "keeper")).toEqual([
    "A clock",
    "7",
    "A clock (2)",
    "7",
    expect.stringMatching(/the limit "calls" is reached/),
  ]);
  expect(petitions.open.value).toEqual([]);
});

test("bounds are for one answer: the same given again has its own, and each is listed", async () => {
  const told: string[] = [];
  const { promise: looked, resolve: onLooked } = Promise.withResolvers<void>();
  await using bench = openSessions({
    main: asking(async (powerbox) => {
      using first = await powerbox.request(CLOCK);
      told.push(await now(first.grant.cap));
      using second = await powerbox.request(CLOCK);
      for (const { grant } of [first, second, second]) told.push(await now(grant.cap));
      await looked;
    }),
  });
  const { petitions, held, ended } = bench.sessions.open(linkTo("/ipfs/one"));
  const designation = bench.granting.toClock("A clock", 1);
  for (const calls of [1, 1]) {
    const narrowing = { ...NO_NARROWING, calls };
    await petitions.answer(await look(bench, petitions), () =>
      give(bench, { designation, narrowing }),
    );
    await expect.poll(() => petitions.open.value.length).toBe(0);
  }
  await expect.poll(() => told).toHaveLength(4);
  const reached = expect.stringMatching(/the limit "calls" is reached/);
  expect(told).toEqual(["7", reached, "7", reached]);
  const given = held.entries.value.filter(({ name }) => name === "clock");
  expect(given.map(({ label, restrictions }) => [label, restrictions])).toEqual([
    ["A clock", ["at most 1 calls"]],
    ["A clock (2)", ["at most 1 calls"]],
  ]);
  onLooked();
  expect(await ended).toEqual({ type: "exited", code: 0 });
});

test("nothing answers a petition in its first half second, nor one that has gone", async () => {
  const told: string[] = [];
  await using bench = openSessions({
    main: asking(async (powerbox) => {
      const ask = (): PromiseLike<unknown> =>
        powerbox.request(CLOCK).then(
          ({ grant }) => told.push(grant.label),
          (error: unknown) => told.push(String(error)),
        );
      await Promise.all([ask(), ask()]);
    }),
  });
  const { petitions, ended } = bench.sessions.open(linkTo("/ipfs/one"));
  await expect.poll(() => petitions.open.value.length).toBe(2);
  const [first, second] = petitions.open.value as readonly [OpenPetition, OpenPetition];
  let chosen = 0;
  const choose = (): Answer => {
    chosen++;
    return give(bench);
  };
  // Nobody has seen it yet.
  bench.time.nowMs += 10_000;
  await petitions.answer(first, choose);
  petitions.mute(first);
  petitions.appeared();
  bench.time.nowMs += 499;
  expect(petitions.takesClicks()).toBe(false);
  await petitions.answer(first, choose);
  petitions.mute(first);
  expect([chosen, petitions.open.value.length]).toEqual([0, 2]);
  bench.time.nowMs += 1;
  expect(petitions.takesClicks()).toBe(true);
  await petitions.answer(second, choose);
  expect(chosen).toBe(0);
  await petitions.answer(first, choose);
  await expect.poll(() => petitions.open.value).toEqual([second]);
  // What has taken the place of the first is new to the visitor.
  await petitions.answer(second, choose);
  expect(chosen).toBe(1);
  petitions.appeared();
  bench.time.nowMs += 500;
  await petitions.answer(first, choose);
  expect(chosen).toBe(1);
  await petitions.answer(second, () => ({ type: "nothing" }));
  expect(await ended).toEqual({ type: "exited", code: 0 });
  expect(told).toEqual(["A clock", expect.stringMatching(/denied.*gives nothing/)]);
});

test("a choice that comes to nothing leaves the petition open and says why", async () => {
  await using bench = openSessions({
    main: asking(async (powerbox) => {
      await powerbox.request(CLOCK);
    }),
  });
  const { petitions, ended } = bench.sessions.open(linkTo("/ipfs/one"));
  const petition = await look(bench, petitions);
  await petitions.answer(petition, () => {
    throw new Exception("failed", "The folder cannot be opened");
  });
  expect(petition.complaint.value).toBe("The folder cannot be opened");
  // The complaint has moved what is below it.
  expect(petitions.takesClicks()).toBe(false);
  await look(bench, petitions);
  await petitions.answer(petition, async () => undefined);
  expect(petition.complaint.value).toBe("");
  expect(petitions.open.value).toEqual([petition]);
  const { promise: picked, resolve: pick } = Promise.withResolvers<Answer>();
  const choosing = petitions.answer(petition, () => picked);
  // A second click, while the browser's own window is open.
  await petitions.answer(petition, () => ({ type: "nothing" }));
  expect(petitions.open.value).toEqual([petition]);
  pick(give(bench));
  await choosing;
  expect(await ended).toEqual({ type: "exited", code: 0 });
});

test("a petition disappears with its process, even while the visitor chooses", async () => {
  await using bench = openSessions({
    main: asking(async (powerbox, guest) => {
      powerbox.request(CLOCK).catch(() => undefined);
      await guest.stdin.read(1);
    }),
  });
  const session = bench.sessions.open(linkTo("/ipfs/one"));
  const petition = await look(bench, session.petitions);
  const { promise: picked, resolve: pick } = Promise.withResolvers<Answer>();
  const choosing = session.petitions.answer(petition, () => picked);
  let opened = 0;
  session.stop("Stopped");
  await session.ended;
  await expect.poll(() => session.petitions.open.value).toEqual([]);
  const designation = { label: "x", lasting: undefined, open: () => void opened++ };
  pick(give(bench, { designation }));
  await choosing;
  expect(opened).toBe(0);
});

test("an image that asks too much is answered with nothing from then on", async () => {
  const told: string[] = [];
  await using bench = openSessions({
    main: asking(async (powerbox) => {
      for (let count = 0; count < 3; count++) {
        await powerbox.request(CLOCK).catch((error: unknown) => told.push(String(error)));
      }
    }),
  });
  const { petitions, ended } = bench.sessions.open(linkTo("/ipfs/one"));
  petitions.mute(await look(bench, petitions));
  expect(await ended).toEqual({ type: "exited", code: 0 });
  expect(told).toHaveLength(3);
});

test("a secret is revealed to its holder, and stands in no log", async () => {
  const told: string[] = [];
  await using bench = openSessions({
    main: asking(async (powerbox) => {
      using results = await powerbox.request({ reason: "to log in", which: "secret" });
      using secret = cast(results.grant.cap, Secret);
      told.push((await secret.reveal()).value);
    }),
  });
  const { petitions, ended, held } = bench.sessions.open(linkTo("/ipfs/one"));
  const designation = bench.granting.toSecret("Key", "hunter2");
  await petitions.answer(await look(bench, petitions), () => give(bench, { designation }));
  await ended;
  expect(told).toEqual(["hunter2"]);
  const log = await held.readLog();
  expect(log).toContain('"label":"Key"');
  expect(log).not.toContain("hunter2");
});
