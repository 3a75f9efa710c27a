/** Flow control of streaming calls: a window of bytes in flight for each capability. */
import { createNotice } from "#base";
import type { Answer, Capability } from "./capability.ts";
import { PromisedCapability } from "./promise.ts";

/** The window of the reference implementation. */
const WINDOW_BYTES = 64 * 1024;

const flows = new WeakMap<Capability, StreamFlow>();

/**
 * The flow of a capability, shared by its clients: `await call.sink.push(…)` creates a new client each time.
 *
 * A resolved promise's flow becomes that of its target, unless the target has one.
 */
export function flowOf(capability: Capability): StreamFlow {
  let last = capability;
  let earlier = flows.get(last);
  while (last instanceof PromisedCapability && last.target !== undefined) {
    last = last.target;
    earlier = flows.get(last) ?? earlier;
  }
  const flow = earlier ?? new StreamFlow();
  flows.set(last, flow);
  return flow;
}

class StreamFlow {
  readonly #changed = createNotice();
  #inFlightBytes = 0;
  #failure: { readonly reason: unknown } | undefined;

  /**
   * Tracks a streaming call and takes ownership of its answer.
   *
   * Resolves when the next call may be made. Rejects once an earlier call has failed; all later calls reject with the
   * same reason.
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
