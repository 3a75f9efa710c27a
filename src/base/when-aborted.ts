/** Callbacks for a signal, any number of them. */

interface Listening {
  readonly told: Set<() => void>;
  readonly onAbort: () => void;
}

const listening = new WeakMap<AbortSignal, Listening>();

/**
 * Calls back when the signal fires, in the order of asking. @returns how to take that back
 *
 * Each signal gets one listener for all callbacks: engines search all listeners of a signal for each that is added
 * or removed, so that 16 000 calls with one signal took 465 µs each.
 */
export function whenAborted(signal: AbortSignal, tell: () => void): () => void {
  const found = listening.get(signal) ?? listen(signal);
  // A function of its own: the same one may ask twice.
  const told = (): void => tell();
  found.told.add(told);
  return () => {
    found.told.delete(told);
    if (found.told.size > 0 || listening.get(signal) !== found) return;
    listening.delete(signal);
    signal.removeEventListener("abort", found.onAbort);
  };
}

function listen(signal: AbortSignal): Listening {
  const told = new Set<() => void>();
  const onAbort = (): void => {
    listening.delete(signal);
    for (const tell of told) tell();
  };
  const added = { told, onAbort };
  listening.set(signal, added);
  signal.addEventListener("abort", onAbort, { once: true });
  return added;
}
