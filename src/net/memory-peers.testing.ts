/** Peers in memory, which reach each other by their ids. */
import { createDuplexPair, Exception } from "#base";
import type { Duplex } from "#base";
import { openBitswap } from "./bitswap.ts";
import type { Bitswap, BitswapPowers } from "./bitswap.ts";
import type { PeerAccess } from "./peer-blocks.ts";

export type Take = (duplex: Duplex, peerId: Uint8Array) => void;

export interface MemoryPeer extends BitswapPowers {
  readonly id: Uint8Array;
}

/** Ids are texts, as bytes. */
export const toId = (name: string): Uint8Array => new TextEncoder().encode(name);

/** The id at the end of an address, or the id itself. */
const idOf = (address: string): Uint8Array => toId(address.replace(/.*\/p2p\//, ""));

export class MemoryPeers {
  readonly #takers = new Map<string, Take>();
  /** The streams that were opened, each as `from to protocol`. */
  readonly opened: string[] = [];

  join(name: string): MemoryPeer {
    const id = toId(name);
    return {
      id,
      dial: async (peerId, protocol, { signal }) => {
        signal?.throwIfAborted();
        const other = new TextDecoder().decode(peerId);
        const take = this.#takers.get(`${other} ${protocol}`);
        if (take === undefined) {
          throw new Exception("unimplemented", `The peer does not serve "${protocol}"`);
        }
        this.opened.push(`${name} ${other} ${protocol}`);
        const [near, far] = createDuplexPair(64 * 1024);
        take(far, id);
        return near;
      },
      listen: async (protocol, take) => {
        this.#takers.set(`${name} ${protocol}`, take);
        return {
          [Symbol.asyncDispose]: async () => void this.#takers.delete(`${name} ${protocol}`),
        };
      },
    };
  }

  /** Makes a peer stop serving a protocol. */
  forget(name: string, protocol: string): void {
    this.#takers.delete(`${name} ${protocol}`);
  }

  /** Access to peers as a tab has it, by addresses that end with their ids. */
  async openAccess(name: string): Promise<PeerAccess & AsyncDisposable> {
    const peer = this.join(name);
    const bitswap: Bitswap = await openBitswap(peer);
    return {
      dial: (address, ...rest) => peer.dial(idOf(address), ...rest),
      want: (address, ...rest) => bitswap.want(idOf(address), ...rest),
      [Symbol.asyncDispose]: () => bitswap[Symbol.asyncDispose](),
    };
  }
}
