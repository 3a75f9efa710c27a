/** Entry of the worker that sends requests of cells to servers; its Content-Security-Policy allows it to connect only. */
import { createForwardSender, createTabSender, serveSender } from "#http";
import type { HopSender } from "#http";

const ask = (url: string, init: RequestInit): Promise<Response> => fetch(url, init);
const direct = createTabSender(ask);
/** Kept for all clients: the page has one forwarder, which limits the requests in flight. */
let forwarding: { readonly url: string; readonly sender: HopSender } | undefined;

serveSender(globalThis, (url) => {
  if (url === undefined) return direct;
  if (forwarding?.url !== url) forwarding = { url, sender: createForwardSender(ask, url) };
  return forwarding.sender;
});
