/**
 * Capabilities that the peer names as this side's, but that lead back to the peer.
 *
 * The peer has named a promise of this side that has meanwhile resolved to an object of the peer. Pipelined calls are
 * on their way to the peer, back here and to the peer again; a direct call would overtake them. So a caller that has
 * pipelined needs an embargo, as for an object of this side: the four-way race described at `Disembargo` in
 * rpc.capnp. The reference implementation calls this `TribbleRaceBlocker`.
 */
import { PromisedCapability } from "#capnp/wire";
import type { Capability } from "#capnp/wire";

const reflected = new WeakSet<Capability>();

/** Wraps a capability to mark that it came through this vat. Takes ownership of one reference. */
export function createReflected(capability: Capability): Capability {
  const promised = new PromisedCapability();
  promised.resolve(capability);
  capability.release();
  reflected.add(promised);
  return promised;
}

export function isReflected(capability: Capability): boolean {
  return reflected.has(capability);
}
