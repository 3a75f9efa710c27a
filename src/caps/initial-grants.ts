/** The bootstrap capability of a process that was started with grants. @see capnp/common/grants.capnp InitialGrants */
import type { InitialGrantsServer } from "#schema";
import { giveExports, releaseAll } from "./exports.ts";
import type { NamedClient } from "./exports.ts";

/** Takes ownership of the clients, and releases them when the capability is released. */
export function serveInitialGrants(
  grants: readonly NamedClient[],
): InitialGrantsServer & Disposable {
  return {
    get: () => ({ caps: giveExports(grants) }),
    [Symbol.dispose]: () => releaseAll(grants),
  };
}
