/** Passes requests to a sender in another thread, over a port whose both ends are trusted. */
import { openCalls, readField, serveCalls } from "#base";
import type { PortEnd, Waiting } from "#base";
import type { HopOutcome, HopSender, HttpHop } from "./hop.ts";

/** A sender at the far end of a port. */
export interface RemoteSender extends HopSender, Disposable {}

/** @property forward the address of the forwarder, if one is configured */
interface Sending {
  readonly send: number;
  readonly hop: HttpHop;
  readonly forward: string | undefined;
}

/** Serves senders to the far end. @param choose the sender for the address of a forwarder, or for none */
export function serveSender(
  port: PortEnd,
  choose: (forward: string | undefined) => HopSender,
): void {
  const open = new Map<unknown, AbortController>();
  serveCalls(port, async (question) => {
    const cancelled = readField(question, "cancel");
    if (cancelled !== undefined) {
      open.get(cancelled)?.abort();
      return { value: undefined };
    }
    const { send, hop, forward } = question as Sending;
    const abort = new AbortController();
    open.set(send, abort);
    try {
      const outcome = await choose(forward).send(hop, { signal: abort.signal });
      if (outcome.type !== "response") return { value: outcome };
      return { value: outcome, moved: [outcome.body.buffer] };
    } finally {
      open.delete(send);
    }
  });
}

/**
 * The sender that is served at the far end. Disposing fails requests in flight, as `disconnected`.
 *
 * @param forward the address of the forwarder; if there is one, every request goes through it
 */
export function openSender(port: PortEnd, forward: string | undefined): RemoteSender {
  const calls = openCalls(port);
  let nextSend = 0;
  return {
    way: forward === undefined ? "tab" : "forwarder",
    async send(hop: HttpHop, { signal }: Waiting = {}): Promise<HopOutcome> {
      signal?.throwIfAborted();
      const send = nextSend++;
      const body = hop.body?.slice();
      const question: Sending = { send, hop: { ...hop, body }, forward };
      const moved = body === undefined ? [] : [body.buffer];
      try {
        return (await calls.call(question, { moved, signal })) as HopOutcome;
      } catch (error) {
        // The far end may have ended already.
        if (signal?.aborted === true) void calls.call({ cancel: send }).catch(() => undefined);
        throw error;
      }
    },
    [Symbol.dispose]: () => calls[Symbol.dispose](),
  };
}
