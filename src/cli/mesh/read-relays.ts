/** Finds the relays of a node by its address or its page. */
import { Exception } from "#base";
import type { Waiting } from "#base";
import { PEER } from "./address-kinds.ts";

/** Whether the text is a node's address with its id, or the URL of a page, which lists its relays. */
export function isNode(text: string): boolean {
  return PEER.fits(text) || (/^https?:\/\//.test(text) && URL.canParse(text));
}

/**
 * The node's own address, or the relays in its page's configuration.
 *
 * @throws {Exception} `disconnected` when the page cannot be asked, or lists no relay.
 */
export async function readRelays(
  node: string,
  { signal }: Waiting = {},
): Promise<readonly string[]> {
  if (!/^https?:\/\//.test(node)) return [node];
  let relays: unknown;
  try {
    const response = await fetch(new URL("config.json?relays", node), signal ? { signal } : {});
    ({ relays } = (await response.json()) as { readonly relays?: unknown });
  } catch (cause) {
    signal?.throwIfAborted();
    const state = "no node answers there; start one with npm start, or name another with --via";
    const why = `Cannot ask "${node}" for its relays: ${state}`;
    throw new Exception("disconnected", why, { cause });
  }
  const known = Array.isArray(relays) ? relays.filter((relay) => isRelay(relay)) : [];
  if (known.length > 0) return known;
  throw new Exception("disconnected", `"${node}" has no relay; name a node with --via`);
}

function isRelay(value: unknown): value is string {
  return typeof value === "string" && PEER.fits(value);
}
