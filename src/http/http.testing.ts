/** What tests of requests are made of: a sender that answers by a function, and keeps what it was asked. */
import type { HopOutcome, HopSender, HttpHop } from "./hop.ts";

export interface RecordingSender extends HopSender {
  readonly hops: readonly HttpHop[];
}

export const OK: HopOutcome = {
  type: "response",
  status: 200,
  headers: [],
  body: new Uint8Array(),
};

/** Answers 200 to everything unless told. */
export function createRecordingSender(
  answer: (hop: HttpHop, signal?: AbortSignal) => HopOutcome | Promise<HopOutcome> = () => OK,
): RecordingSender {
  const hops: HttpHop[] = [];
  return {
    way: "node",
    hops,
    send(hop, { signal } = {}) {
      hops.push(hop);
      return Promise.resolve(answer(hop, signal));
    },
  };
}
