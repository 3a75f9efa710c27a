/** Waits while a snapshot is taken: clients of sandboxes do not expect to be refused meanwhile. */
import type { FileRefusal } from "#schema";
import { BOUNDS } from "./bounds.ts";
import type { AgentPowers } from "./powers.ts";

interface Refusable extends Disposable {
  readonly refusal: FileRefusal;
}

const RETRY_MS = 50;

/** Repeats the call while the files are busy, for `BOUNDS.busyMs` at most. @throws the signal's reason */
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
