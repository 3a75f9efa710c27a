import type { HopSender } from "./hop.ts";
import { createSlots } from "./slots.ts";

/** Limits the requests in flight of a sender; further ones wait in order. */
export function limitSender(sender: HopSender, count: number): HopSender {
  const slots = createSlots(count);
  return {
    way: sender.way,
    async send(hop, options) {
      using stack = new DisposableStack();
      stack.use(await slots.take(options));
      return await sender.send(hop, options);
    },
  };
}
