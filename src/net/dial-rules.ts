/** Whom this node dials: its relays, peers behind them, and what its owner has told it to. */
import type { Multiaddr } from "@multiformats/multiaddr";

export interface DialRules {
  permits(address: Multiaddr): boolean;
  /** From now on the address may be dialled. */
  permit(address: Multiaddr): void;
}

/**
 * Nothing else is dialled, whoever asks: an address that a peer or a cell names would tell its host who visits this page,
 * and bring what stands in it into the visitor's own network.
 *
 * @param relays gives the addresses of the relays by now
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

/** Whether it is the address that is allowed, one behind it, or that of the relay on the way to it. */
function leadsTo(address: string, allowed: string): boolean {
  return (
    address === allowed ||
    address.startsWith(`${allowed}${CIRCUIT}`) ||
    allowed.startsWith(`${address}${CIRCUIT}`)
  );
}
