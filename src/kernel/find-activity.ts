/** What a run does, for an owner who sees no output of it. @see capnp/owner.capnp Run.activity */
import { untilAborted } from "#base";
import { whenResolved } from "#capnp";
import type { Activity } from "#schema";
import type { Run } from "./kernel.ts";

/** How long the process may take to answer what it exports, and whether it waits. */
const ANSWER_MS = 1000;

export async function findActivity(
  run: Run,
  limit: AbortSignal = AbortSignal.timeout(ANSWER_MS),
): Promise<Activity> {
  if (run.stage.which !== "running" || run.outcome !== undefined) return "runs";
  if (run.served === "component" || run.handlers.prefixes.length > 0) return "serves";
  if (await untilAborted(run.waitsForInput(), limit).catch(() => false)) return "waitsForInput";
  return (await findExport(run, limit)) ? "exports" : "runs";
}

/** Most programs export nothing, and say so; one that does not read its connection says nothing. */
async function findExport(run: Run, signal: AbortSignal): Promise<boolean> {
  try {
    using exported = (await run.findFirst()).bootstrap();
    await whenResolved(exported, { signal });
    return true;
  } catch {
    return false;
  }
}
