/** What a boundary asks before something crosses it. */
import type { Exception } from "#base";
import type { PointerReader } from "#capnp/wire";
import type { Lifetime } from "./lifetime.ts";

/** Which way a capability crosses; calls on it cross the other way. */
export type Direction = "out" | "in";

/** A call that is about to cross. */
export interface CrossingCall {
  /** Which way its target has crossed: `out` for a call on something inside. */
  readonly target: Direction;
  readonly interfaceId: bigint;
  /** The method's ordinal within the interface. */
  readonly methodId: number;
  /** The policy was asked about this very call: it was made ahead on a promise, and now reaches the outcome. */
  readonly wasAsked: boolean;
  /** The parameters, valid until `check` returns. They are encoded now if they were not yet. */
  readParams(): PointerReader;
}

/** What may cross. */
export interface BoundaryPolicy {
  /** Why the call may not be made; `undefined` where it may. */
  check(call: CrossingCall): Exception | undefined;
  /** Why the results of a call may not be returned; `undefined` where they may. Evaluated once for each call. */
  checkResults(call: CrossingCall, results: PointerReader): Exception | undefined;
  /** At its end, calls in flight fail, later calls are refused, and watchers of clients are notified. */
  readonly lifetime?: Lifetime | undefined;
}

/**
 * What all of the policies allow.
 *
 * @param policies from the innermost to the outermost; a call asks first the one that it meets first
 */
export function intersect(
  policies: readonly BoundaryPolicy[],
  lifetime?: Lifetime,
): BoundaryPolicy {
  const [only] = policies;
  if (only !== undefined && policies.length === 1) return only;
  const outward = [...policies];
  const inward = policies.toReversed();
  return {
    lifetime,
    check(call) {
      for (const policy of call.target === "out" ? inward : outward) {
        const refused = policy.check(call);
        if (refused !== undefined) return refused;
      }
      return undefined;
    },
    checkResults(call, results) {
      for (const policy of call.target === "out" ? outward : inward) {
        const refused = policy.checkResults(call, results);
        if (refused !== undefined) return refused;
      }
      return undefined;
    },
  };
}
