/** Ends a wait for something that continues by itself. */
import { whenAborted } from "./when-aborted.ts";

/** The promise's outcome, or the signal's reason if that comes first; the work itself continues. */
export async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  const forget = whenAborted(signal, () => reject(signal.reason));
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    forget();
  }
}
