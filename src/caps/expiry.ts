/** Ends what was given for a time. */

/** A timer takes no more; a longer time is several. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls back once after so many milliseconds, if that is not infinite; disposing it prevents that. */
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
