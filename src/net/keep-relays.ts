/** Keeps reservations at all relays of a list, which is reloaded when a relay is lost. */
import type { Libp2p } from "@libp2p/interface";
import { multiaddr } from "@multiformats/multiaddr";
import type { Multiaddr } from "@multiformats/multiaddr";
import { keepRelay } from "./keep-relay.ts";
import type { Listening } from "./keep-relay.ts";

export interface KeepRelaysOptions {
  /** Multiaddrs with peer ids. */
  readonly relays: readonly string[];
  /** Loads the current list; a rejection means no change. */
  readonly reload: () => Promise<readonly string[]>;
  readonly pauseMs: number;
  readonly onReserved: () => void;
  /** Called with the addresses of a changed list, before they are dialled. */
  readonly onChange: (addresses: ReadonlySet<string>) => void;
}

interface Kept {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** Requires that `parseRelay` accepts each address. */
export function keepRelays(
  libp2p: Libp2p,
  listening: Listening,
  { relays, reload, pauseMs, onReserved, onChange }: KeepRelaysOptions,
): AsyncDisposable {
  const kept = new Map<string, Kept>();
  const ended = new AbortController();
  let reloading: Promise<void> | undefined;

  const keep = (text: string, relay: Multiaddr): void => {
    const stop = new AbortController();
    const signal = AbortSignal.any([ended.signal, stop.signal]);
    const done = keepRelay(libp2p, listening, relay, { pauseMs, signal, onReserved, onMoved });
    kept.set(text, { stop, done });
  };
  /** Relays that are lost together reload the list once. */
  const onMoved = (): Promise<void> => (reloading ??= reloadOnce());
  const reloadOnce = async (): Promise<void> => {
    try {
      const wanted = new Map((await reload()).map((text) => [text, parseRelay(text)]));
      if (ended.signal.aborted) return;
      onChange(new Set([...wanted.values()].map(String)));
      for (const [text, { stop }] of kept) {
        if (wanted.has(text)) continue;
        kept.delete(text);
        stop.abort();
      }
      for (const [text, relay] of wanted) if (!kept.has(text)) keep(text, relay);
    } catch {
      // The list's server is down too, or sent a malformed list: the known relays may come back.
    } finally {
      reloading = undefined;
    }
  };

  for (const [text, relay] of relays.map((text) => [text, parseRelay(text)] as const)) {
    if (!kept.has(text)) keep(text, relay);
  }
  return {
    async [Symbol.asyncDispose]() {
      ended.abort();
      await Promise.all([...kept.values()].map(({ done }) => done));
    },
  };
}

/** @throws {TypeError} when the text is not an address. */
export function parseRelay(text: string): Multiaddr {
  try {
    return multiaddr(text);
  } catch (reason) {
    throw new TypeError(`Not the address of a relay: "${text}"`, { cause: reason });
  }
}
