/** A visitor who answers petitions, and programs that have a powerbox. */
import { expect } from "vitest";
import { cast } from "#capnp";
import { Clock } from "#schema";
import type { Ask } from "#schema";
// oxlint-disable-next-line no-restricted-imports -- programs of a kernel over cells in memory, which no door gives
import { graft } from "../kernel/kernel-bench.testing.ts";
import { NO_NARROWING } from "./narrowing.ts";
import type { Answer, OpenPetition, Petitions } from "./petitions.ts";
import type { openSessions, SessionBench } from "./sessions-bench.testing.ts";

type Program = Parameters<typeof openSessions>[0][string];
type Guest = Parameters<Program>[0];
type Powerbox = Awaited<ReturnType<typeof graft>>["session"]["powerbox"];

export const CLOCK: Ask = { reason: "to show the time", which: "clock", clock: undefined };

/** A program that has a powerbox. */
export const asking =
  (use: (powerbox: Powerbox, guest: Guest) => Promise<void>): Program =>
  async (guest) => {
    const { session } = await graft(guest);
    await use(session.powerbox, guest);
    return 0;
  };

/** What a clock tells, or why not. */
export async function now(cap: Parameters<typeof cast>[0]): Promise<string> {
  using clock = cast(cap, Clock);
  return clock.now().then(({ ms }) => `${ms}`, String);
}

/** The oldest petition, once the visitor has looked at it for a while. */
export async function look(bench: SessionBench, petitions: Petitions): Promise<OpenPetition> {
  await expect.poll(() => petitions.open.value.length).toBeGreaterThan(0);
  petitions.appeared();
  bench.time.nowMs += 500;
  return petitions.open.value[0] as OpenPetition;
}

type GivenAnswer = Extract<Answer, { readonly type: "given" }>;

/** Gives a clock. */
export const give = (bench: SessionBench, more: Partial<GivenAnswer> = {}): GivenAnswer => ({
  type: "given",
  designation: bench.granting.toClock("A clock", 1),
  narrowing: NO_NARROWING,
  canKeep: false,
  ...more,
});
