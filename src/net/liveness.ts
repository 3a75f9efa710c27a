/** When a silent peer is taken for dead. */

/**
 * libp2p pings every connection this often, and closes it when the answer takes longer than the limit: within 15 s of the
 * peer's last sign of life.
 *
 * The answer needs no timer, so hidden tabs, whose timers fire once a minute, answer as well. libp2p's own limit of 5 s ended
 * healthy connections on which pings waited behind some megabytes.
 */
export const CONNECTION_MONITOR = {
  pingInterval: 5_000,
  pingTimeout: { minTimeout: 9_500, maxTimeout: 9_500 },
} as const;
