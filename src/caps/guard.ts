/**
 * Capabilities that can be revoked: a guard checks every call before it is made, and guards results and pipelined
 * capabilities in the same way.
 *
 * Capabilities that callers pass in are guarded against the objects inside, so revoking what was handed out also cuts
 * callbacks.
 */
import type { Exception } from "#base";
import type { Client, ClientType } from "#capnp";
import type { UseCounter } from "./account.ts";
import { Boundary } from "./boundary.ts";
import type { Lifetime } from "./lifetime.ts";

/** The reason why calls may no longer be made; `undefined` while they may. */
export type Check = () => Exception | undefined;

/** A boundary that lets every call cross until the lifetime ends. @param counter counts each call from outside */
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

/** A guarded client of the same capability. Takes ownership of the client. */
export function guard<T extends Client>(client: T, type: ClientType<T>, check: Check): T {
  return new Boundary({ check: () => check(), checkResults: () => check() }).handOut(client, type);
}
