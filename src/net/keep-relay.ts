/** Stays reachable through one relay: dials it, reserves, and does both again whenever the connection is lost. */
import { createNotice } from "#base";
import type { Connection, Libp2p } from "@libp2p/interface";
import type { Multiaddr } from "@multiformats/multiaddr";
import { sleep } from "./sleep.ts";

/** The part of libp2p's transport manager that makes reservations. */
export interface Listening {
  listen(addresses: Multiaddr[]): Promise<void>;
}

export interface KeepRelayOptions {
  /** How long to wait before the first new attempt. */
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  /** Called when a reservation was made; libp2p's own event comes a second later, or not at all. */
  readonly onReserved: () => void;
  /** Called before a further attempt when somebody else answers there, or nobody has for a while; may end this by the signal. */
  readonly onMoved: () => Promise<void>;
}

/** Of so many first pauses a relay may be silent before it is believed to be elsewhere: a page that is offline asks nobody. */
const PATIENCE = 20;

/** In the first minutes, in which a relay that was only started anew is back. */
const SHORT_PAUSE_MS = 2_000;
const SHORT_MS = 180_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Runs until the signal aborts. A relay that cannot be reached is tried again after `pauseMs`, then at longer and longer
 * intervals, up to two seconds in the first minutes, and half a minute after them.
 *
 * libp2p itself never makes a reservation again after the connection to a relay was lost.
 */
export async function keepRelay(
  libp2p: Libp2p,
  listening: Listening,
  relay: Multiaddr,
  { pauseMs, signal, onReserved, onMoved }: KeepRelayOptions,
): Promise<void> {
  let pause = pauseMs;
  let waitedMs = 0;
  while (!signal.aborted) {
    let isOther = false;
    try {
      const connection = await libp2p.dial(relay, { signal });
      await listening.listen([relay.encapsulate("/p2p-circuit")]);
      onReserved();
      pause = pauseMs;
      waitedMs = 0;
      await waitForClose(libp2p, connection, signal);
    } catch (reason) {
      isOther = reason instanceof Error && reason.name === "EncryptionFailedError";
      // Neither a relay that is down nor one that refuses is an error of this node: it goes on without, and tries again.
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
