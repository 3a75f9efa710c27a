/** The addresses that this node dials: its relays, peers behind them, and those that its owner has permitted. */
import type { Multiaddr } from "@multiformats/multiaddr";

export interface DialRules {
  permits(address: Multiaddr): boolean;
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
  return {
    permits(address) {
      const text = address.toString();
      for (const allowed of [...told, ...relays()]) if (leadsTo(text, allowed)) return true;
      return false;
    },
    permit: (address) => void told.add(address.toString()),
  };
}

const CIRCUIT = "/p2p-circuit";

/** Whether the address is the allowed one, one behind it, or that of the relay on the way to it. */
function leadsTo(address: string, allowed: string): boolean {
  return (
    address === allowed ||
    address.startsWith(`${allowed}${CIRCUIT}`) ||
    allowed.startsWith(`${address}${CIRCUIT}`)
  );
}
