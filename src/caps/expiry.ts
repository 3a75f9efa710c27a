/** Timers for grants that are limited in time. */

/** The longest delay of one timer; a longer time takes several in a row. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls back once after `leftMs`, or never if that is infinite. Disposing cancels the callback. */
export function startExpiry(leftMs: number, onExpired: () => void): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waitFor = (ms: number): void => {
    const partMs = Math.min(Math.max(ms, 0), LONGEST_MS);
    timer = setTimeout(() => {
      if (partMs < ms) waitFor(ms - partMs);
      else onExpired();
    }, partMs);
  };
  if (leftMs !== Infinity) waitFor(leftMs);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
