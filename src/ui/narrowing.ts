/** How the visitor narrows what is given. */
import type { Init } from "#capnp";
import type { Ask, NarrowingRecord } from "#schema";

/** What is `undefined` narrows nothing. */
export interface NarrowingChoice {
  /** All others cannot be called. */
  readonly methods: readonly string[] | undefined;
  readonly calls: number | undefined;
  readonly bytes: number | undefined;
  readonly minutes: number | undefined;
}

export const NO_NARROWING: NarrowingChoice = {
  methods: undefined,
  calls: undefined,
  bytes: undefined,
  minutes: undefined,
};

/** The methods among which the visitor can choose; none where there is only one, or they are not known. */
export function listMethods(ask: Ask): readonly string[] {
  if (ask.which === "folder") {
    const reading = ["list", "stat", "read"];
    return ask.folder.writes ? [...reading, "write", "truncate", "makeFolder", "remove"] : reading;
  }
  if (ask.which === "http") {
    const { methods } = ask.http;
    return methods.length > 0 ? methods.map((method) => method.toLowerCase()) : ["get", "post"];
  }
  return [];
}

export function toNarrowing(choice: NarrowingChoice): Init<NarrowingRecord> {
  const { methods, calls, bytes, minutes } = choice;
  return {
    ...(methods && { methods: methods.map((name) => ({ name, params: [] })) }),
    ...(calls !== undefined && { calls }),
    ...(bytes !== undefined && { bytes }),
    ...(minutes !== undefined && { expiresMs: minutes * 60_000 }),
  };
}

/** What is left of a narrowing some time after the grant; `undefined` once it has expired. */
export function narrowingAfter(
  narrowing: Init<NarrowingRecord>,
  elapsedMs: number,
): Init<NarrowingRecord> | undefined {
  const { expiresMs = -1 } = narrowing;
  if (expiresMs < 0) return narrowing;
  // A clock that was set back prolongs nothing.
  const left = expiresMs - Math.max(0, elapsedMs);
  return left > 0 ? { ...narrowing, expiresMs: left } : undefined;
}
