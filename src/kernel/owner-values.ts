/** Converts the values of `capnp/owner.capnp`. A number below 0 on the wire is an absent property here. */
import type { Outcome, RunLimits } from "#base";
import type { Init } from "#capnp";
import type { SignerPolicy } from "#caps";
import type { GraftPolicy, Limits, OutcomeRecord } from "#schema";

export function readLimits(limits: Limits): RunLimits {
  const set = Object.entries(limits).filter(([, value]) => value >= 0);
  return Object.fromEntries(set) as RunLimits;
}

/** Infinite limits are left out, since the wire has no value for them. */
export function toLimits(limits: RunLimits): Init<Limits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => Number.isFinite(value)));
}

export function readGraftPolicy({ signer, keys }: GraftPolicy): SignerPolicy {
  return { isRequired: signer !== "optional", keys: keys.map((key) => key.slice()) };
}

export function readOutcome(record: OutcomeRecord): Outcome {
  switch (record.which) {
    case "exited":
      return { type: "exited", code: record.exited };
    case "trapped":
      return { type: "trapped", message: record.trapped };
    case "killed":
      return { type: "killed", reason: record.killed };
    case "failed":
      return { type: "failed", reason: record.failed };
    default:
      return { type: "failed", reason: "The run ended with an unknown outcome" };
  }
}

export function toOutcome(outcome: Outcome): Init<OutcomeRecord> {
  switch (outcome.type) {
    case "exited":
      return { which: "exited", exited: outcome.code };
    case "trapped":
      return { which: "trapped", trapped: outcome.message };
    case "killed":
      return { which: "killed", killed: outcome.reason };
    case "failed":
      return { which: "failed", failed: outcome.reason };
    default:
      return outcome satisfies never;
  }
}
