/** How fast streaming calls may be made on a capability: as many as fit a window, by the size of the messages that carry them. */
import { createNotice } from "#base";
import type { Answer, Capability } from "./capability.ts";
import { PromisedCapability } from "./promise.ts";

/** What the reference implementation keeps in flight too. */
const WINDOW_BYTES = 64 * 1024;

const flows = new WeakMap<Capability, StreamFlow>();

/**
 * The flow of a capability, whichever client it is called by: `await call.sink.push(…)` takes a new client each time.
 *
 * A promise's flow becomes that of what it turns out to be, unless that has one.
 */
export function flowOf(capability: Capability): StreamFlow {
  let last = capability;
  let early = flows.get(last);
  while (last instanceof PromisedCapability && last.target !== undefined) {
    last = last.target;
    early = flows.get(last) ?? early;
  }
  const flow = early ?? new StreamFlow();
  flows.set(last, flow);
  return flow;
}

class StreamFlow {
  readonly #changed = createNotice();
  #inFlightBytes = 0;
  #failure: { readonly reason: unknown } | undefined;

  /**
   * Follows a streaming call; takes over its answer.
   *
   * Resolves when the next call may be made. Rejects when a call before has failed: what failed it is told by the first
   * call made after that, and by every one from then on.
   */
  async send(answer: Answer): Promise<void> {
    const bytes = answer.sentBytes;
    this.#inFlightBytes += bytes;
    const done = (): void => {
      this.#inFlightBytes -= bytes;
      answer.release();
      this.#changed.notify();
    };
    answer.settled(done, (reason) => {
      this.#failure ??= { reason };
      done();
    });
    while (this.#failure === undefined && this.#inFlightBytes > WINDOW_BYTES) {
      await this.#changed.wait();
    }
    if (this.#failure !== undefined) throw this.#failure.reason;
  }
}
