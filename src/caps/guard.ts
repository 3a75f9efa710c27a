/**
 * Capabilities that can be taken back: every call through a guard asks first whether it still may be made, and whatever
 * comes out of it, results and capabilities called ahead alike, is guarded in the same way.
 *
 * What goes in is guarded, too, against those inside: when what was handed out is taken back, callbacks are cut with it.
 */
import type { Exception } from "#base";
import type { Client, ClientType } from "#capnp";
import type { UseCounter } from "./account.ts";
import { Boundary } from "./boundary.ts";
import type { Lifetime } from "./lifetime.ts";

/** Why calls may no longer be made; `undefined` while they may. */
export type Check = () => Exception | undefined;

/** A boundary that lets everything cross until the lifetime ends. @param counter counts each call from outside */
export function createGuard(lifetime: Lifetime, counter?: UseCounter): Boundary {
  return new Boundary({
    check({ target, wasAsked }) {
      if (target === "out" && !wasAsked) counter?.used();
      return undefined;
    },
    checkResults: () => undefined,
    lifetime,
  });
}

/** A guarded client of the same capability. Takes over the client. */
export function guard<T extends Client>(client: T, type: ClientType<T>, check: Check): T {
  return new Boundary({ check: () => check(), checkResults: () => check() }).handOut(client, type);
}
