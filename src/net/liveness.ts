/** When a peer that has said nothing is taken for dead. */

/**
 * Of libp2p: every connection is pinged so often, and given up when the answer takes longer, which is within 15 s of the
 * peer's last sign of life.
 *
 * The answer needs no timer, so hidden tabs, whose timers fire once a minute, answer as well. libp2p's own limit of 5 s ended
 * healthy connections on which pings waited behind some megabytes.
 */
export const CONNECTION_MONITOR = {
  pingInterval: 5_000,
  pingTimeout: { minTimeout: 9_500, maxTimeout: 9_500 },
} as const;
