/**
 * Capabilities that the peer names as this side's, but that lead back to the peer.
 *
 * It has named a promise of ours, which has meanwhile turned out to be an object of its own. Calls that went ahead are on
 * their way to the peer, back here and to the peer again; a call that went straight there would overtake them. So whoever
 * has called ahead needs an embargo, as for an object of ours: the four-way race that `Disembargo` in rpc.capnp tells of.
 * The reference implementation calls this `TribbleRaceBlocker`.
 */
import { PromisedCapability } from "#capnp/wire";
import type { Capability } from "#capnp/wire";

const reflected = new WeakSet<Capability>();

/** A capability that leads where the given one does, and is known to have come by way of this vat. Takes over one holding. */
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
