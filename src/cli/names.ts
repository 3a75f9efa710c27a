/** Mutable names for commands: resolved and published at gateways, and remembered until the command ends. */
import { createMemoryNames, createNames, createNameServer } from "#net";
import type { Names } from "#net";

const STALL_MS = 10_000;

/** @param gateways base addresses */
export function openNames(gateways: readonly string[]): Names {
  const servers = gateways.map((url) => {
    const base = url.endsWith("/") ? url : `${url}/`;
    return createNameServer(base, "ipns/", (...request) => fetch(...request), STALL_MS);
  });
  return createNames({ store: createMemoryNames(), sources: servers, sinks: servers });
}
