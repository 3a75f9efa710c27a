/** The addresses that this node dials: its relays, peers behind them, and those that its owner has permitted. */
import type { Multiaddr } from "@multiformats/multiaddr";

export interface DialRules {
  permits(address: Multiaddr): boolean;
  /** Whether the address is a relay's, or behind one: what cells may have dialled. */
  isRelayed(address: Multiaddr): boolean;
  /** Permits an address from now on. */
  permit(address: Multiaddr): void;
}

/**
 * Nothing else is dialled: an address from a peer or a cell would tell its host who visits this page, and could lead
 * into the visitor's own network.
 *
 * @param relays gives the relays' current addresses
 */
export function createDialRules(relays: () => Iterable<string>): DialRules {
  const told = new Set<string>();
  const isRelayed = (address: Multiaddr): boolean =>
    [...relays()].some((relay) => leadsTo(address.toString(), relay));
  return {
    permits(address) {
      const text = address.toString();
      return isRelayed(address) || [...told].some((allowed) => leadsTo(text, allowed));
    },
    isRelayed,
    permit(address) {
      const text = address.toString();
      told.delete(text);
      told.add(text);
      const [oldest] = told;
      if (told.size > TOLD_LIMIT && oldest !== undefined) told.delete(oldest);
    },
  };
}

/** How many addresses of its owner a node remembers. */
const TOLD_LIMIT = 256;
const CIRCUIT = "/p2p-circuit";

/** Whether the address is the allowed one, one behind it, or that of the relay on the way to it. */
function leadsTo(address: string, allowed: string): boolean {
  return (
    address === allowed ||
    address.startsWith(`${allowed}${CIRCUIT}`) ||
    allowed.startsWith(`${address}${CIRCUIT}`)
  );
}
