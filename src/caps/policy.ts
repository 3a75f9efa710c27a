/** The questions that a boundary asks before anything crosses it. */
import type { Exception } from "#base";
import type { PointerReader } from "#capnp/wire";
import type { Lifetime } from "./lifetime.ts";

/** Direction in which a capability crosses; calls on it cross in the other direction. */
export type Direction = "out" | "in";

/** A call that is about to cross. */
export interface CrossingCall {
  /** Direction in which the call's target has crossed: `out` for a call on an object inside. */
  readonly target: Direction;
  readonly interfaceId: bigint;
  /** The method's ordinal within the interface. */
  readonly methodId: number;
  /** Whether the policy has allowed this call already: it was made ahead on a promise, and now reaches the outcome. */
  readonly wasAsked: boolean;
  /** The parameters, valid until `check` returns. Encodes them now if they were not yet. */
  readParams(): PointerReader;
}

/** The rules of a boundary. */
export interface BoundaryPolicy {
  /** The reason why the call may not be made; `undefined` if it may. */
  check(call: CrossingCall): Exception | undefined;
  /** The reason why the results of a call may not be returned; `undefined` if they may. Called once for each call. */
  checkResults(call: CrossingCall, results: PointerReader): Exception | undefined;
  /** When it ends, calls in flight fail, later calls are refused, and watchers of clients are notified. */
  readonly lifetime?: Lifetime | undefined;
}

/**
 * The policy that allows what all of these allow.
 *
 * @param policies from the innermost to the outermost; a call asks them in the order in which it meets them
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
