/** Dials a peer by the best of its addresses. */
import { sleep } from "#base";
import type { Connection, Libp2p } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";

/** How long a direct connection may take before the relayed one is returned. */
const PATIENCE_MS = 2_500;
/** Time limits of the attempts; most take half a second. */
const ATTEMPTS_MS = [5_000, 10_000] as const;

/**
 * A direct connection if it is made soon, else a relayed one. In that case the attempts at a direct connection go on for a
 * while, and streams that are opened later use it.
 *
 * @param target addresses of one peer
 */
export async function dialBest(
  libp2p: Libp2p,
  target: readonly Multiaddr[],
  signal: AbortSignal | undefined,
): Promise<Connection> {
  const direct = target.filter(isDirect);
  const others = target.filter((address) => !isDirect(address));
  const dialOthers = (): Promise<Connection> => libp2p.dial(others, signal ? { signal } : {});
  if (direct.length === 0) return dialOthers();
  // Browsers need the relayed connection for signalling anyway, and libp2p runs one dial of a peer at a time.
  const relayed = others.length === 0 ? undefined : await dialOthers().catch(() => undefined);
  signal?.throwIfAborted();
  const dialling = dialDirect(libp2p, direct, signal);
  if (relayed === undefined) return dialling;
  const waited = new AbortController();
  const first = await Promise.race([
    dialling.catch(() => undefined),
    sleep(PATIENCE_MS, waited.signal).then(() => undefined),
  ]);
  waited.abort();
  signal?.throwIfAborted();
  return first ?? relayed;
}

function isDirect(address: Multiaddr): boolean {
  return address.toString().includes("/webrtc/");
}

async function dialDirect(
  libp2p: Libp2p,
  direct: Multiaddr[],
  signal: AbortSignal | undefined,
): Promise<Connection> {
  let failure: unknown;
  for (const attemptMs of ATTEMPTS_MS) {
    const limit = AbortSignal.timeout(attemptMs);
    const until = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    try {
      // Without `force`, libp2p would return the relayed connection.
      return await libp2p.dial(direct, { signal: until, force: true });
    } catch (reason) {
      signal?.throwIfAborted();
      if (!limit.aborted) throw reason;
      failure = reason;
    }
  }
  throw failure;
}
