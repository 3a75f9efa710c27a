/** What a boundary asks before something crosses it. */
import type { Exception } from "#base";
import type { PointerReader } from "#capnp/wire";

/** Which way a capability crosses; calls on it cross the other way. */
export type Direction = "out" | "in";

/** A call that is about to cross. */
export interface CrossingCall {
  /** Which way its target has crossed: `out` for a call on something inside. */
  readonly target: Direction;
  readonly interfaceId: bigint;
  /** The method's ordinal within the interface. */
  readonly methodId: number;
  /** The parameters, to be looked at before `check` returns. They are written now if they were not yet. */
  readParams(): PointerReader;
}

/** What may cross. */
export interface BoundaryPolicy {
  /** Why the call may not be made; `undefined` where it may. */
  check(call: CrossingCall): Exception | undefined;
  /** Why the results of a call that was made may not be told; `undefined` where they may. */
  checkResults(): Exception | undefined;
}
