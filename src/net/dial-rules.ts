/** The addresses that this node dials: its relays, peers behind them, and those that its owner has permitted. */
import type { Multiaddr } from "@multiformats/multiaddr";

export interface DialRules {
  permits(address: Multiaddr): boolean;
  /** Whether the address is a relay's, or behind one: only these are dialled for cells. */
  isRelayed(address: Multiaddr): boolean;
  /** Permits an address from now on. */
  permit(address: Multiaddr): void;
}

/**
 * No other address is dialled: one from a peer or a cell would tell its host who visits this page, and could lead into
 * the visitor's own network.
 *
 * @param relays gives the relays' current addresses
 */
export function createDialRules(relays: () => Iterable<string>): DialRules {
  const permitted = new Set<string>();
  const isRelayed = (address: Multiaddr): boolean =>
    [...relays()].some((relay) => leadsTo(address.toString(), relay));
  return {
    permits(address) {
      const text = address.toString();
      return isRelayed(address) || [...permitted].some((allowed) => leadsTo(text, allowed));
    },
    isRelayed,
    permit(address) {
      const text = address.toString();
      permitted.delete(text);
      permitted.add(text);
      const [oldest] = permitted;
      if (permitted.size > PERMITTED_LIMIT && oldest !== undefined) permitted.delete(oldest);
    },
  };
}

/** How many addresses permitted by its owner a node remembers, the latest. */
const PERMITTED_LIMIT = 256;
const CIRCUIT = "/p2p-circuit";

/** Whether the address is the allowed one, one behind it, or that of the relay on the way to it. */
function leadsTo(address: string, allowed: string): boolean {
  return (
    address === allowed ||
    address.startsWith(`${allowed}${CIRCUIT}`) ||
    allowed.startsWith(`${address}${CIRCUIT}`)
  );
}
