/** Moments in messages. */

/** The year 2262. */
const LATEST_NS = 2n ** 63n - 1n;

/**
 * Nanoseconds since 1970 as an Int64: -1 for an unknown moment, and the latest that fits for later ones. Guests and images
 * may set a moment that is far later, and one such file must not make its whole directory unreadable.
 */
export function toWireTime(ns: bigint | undefined): bigint {
  if (ns === undefined) return -1n;
  return ns > LATEST_NS ? LATEST_NS : ns;
}
