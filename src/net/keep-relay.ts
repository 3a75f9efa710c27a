/** Keeps a reservation at one relay: dials it and reserves, again whenever the connection is lost. */
import { createNotice, sleep } from "#base";
import type { Connection, Libp2p } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";

/** The part of libp2p's transport manager that makes reservations. */
export interface Listening {
  listen(addresses: Multiaddr[]): Promise<void>;
}

export interface KeepRelayOptions {
  /** Delay before the first retry. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  /** Called after a reservation; libp2p's own event comes a second later, or never. */
  readonly onReserved: () => void;
  /**
   * Called before a retry when another peer answers at the address, or the relay has been silent for a while; may
   * abort the signal.
   */
  readonly onMoved: () => Promise<void>;
  /** Whether a peer that grants no reservation, such as one that is no relay, is kept connected all the same. */
  readonly isPeer?: boolean;
}

/** A relay that is silent for this many initial delays may have moved; every later retry asks for its address first. */
const PATIENCE = 20;

/** Longest delay in the first minutes, in which a restarted relay comes back. */
const SHORT_PAUSE_MS = 2_000;
const SHORT_MS = 180_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Runs until the signal aborts. Retries an unreachable relay after `pauseMs`, then with exponential backoff, up to
 * two seconds in the first minutes and half a minute afterwards.
 *
 * libp2p itself never renews a reservation after the connection to a relay was lost.
 */
export async function keepRelay(
  libp2p: Libp2p,
  listening: Listening,
  relay: Multiaddr,
  { pauseMs, signal, onReserved, onMoved, isPeer = false }: KeepRelayOptions,
): Promise<void> {
  let pause = pauseMs;
  let waitedMs = 0;
  while (!signal.aborted) {
    let isOther = false;
    try {
      const connection = await libp2p.dial(relay, { signal });
      try {
        await listening.listen([relay.encapsulate("/p2p-circuit")]);
        onReserved();
      } catch (reason) {
        if (!isPeer) throw reason;
      }
      pause = pauseMs;
      waitedMs = 0;
      await waitForClose(libp2p, connection, signal);
    } catch (reason) {
      isOther = reason instanceof Error && reason.name === "EncryptionFailedError";
      // A relay that is down or refuses is not an error of this node, which retries.
    }
    await sleep(pause, signal);
    waitedMs += pause;
    pause = Math.min(pause * 2, waitedMs < SHORT_MS ? SHORT_PAUSE_MS : LONGEST_PAUSE_MS);
    if (!signal.aborted && (isOther || waitedMs >= PATIENCE * pauseMs)) await onMoved();
  }
}

async function waitForClose(
  libp2p: Libp2p,
  connection: Connection,
  signal: AbortSignal,
): Promise<void> {
  const notice = createNotice();
  const closed = (): void => notice.notify();
  libp2p.addEventListener("connection:close", closed);
  try {
    while (connection.status === "open") await notice.wait({ signal });
  } finally {
    libp2p.removeEventListener("connection:close", closed);
  }
}
