/** Waiting while the files are kept as a snapshot, as clients of sandboxes expect it: nothing is refused for that. */
import type { FileRefusal } from "#schema";
import { BOUNDS } from "./bounds.ts";
import type { AgentPowers } from "./powers.ts";

interface Refusable extends Disposable {
  readonly refusal: FileRefusal;
}

const RETRY_MS = 50;

/** Calls again for as long as the answer is that the files are busy, up to a bound. @throws the signal's reason */
export async function retryBusy<T extends Refusable>(
  call: () => PromiseLike<T>,
  { startTimer }: Pick<AgentPowers, "startTimer">,
  signal: AbortSignal,
): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    signal.throwIfAborted();
    const results = await call();
    if (results.refusal !== "busy" || waitedMs >= BOUNDS.busyMs) return results;
    results[Symbol.dispose]();
    await new Promise<void>((resolve) => void startTimer(RETRY_MS, resolve));
  }
}
