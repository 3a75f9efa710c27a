/** Entry of the worker that sends requests of cells to servers; its Content-Security-Policy allows nothing else. */
import { createForwardSender, createTabSender, serveSender } from "#http";

const ask = (url: string, init: RequestInit): Promise<Response> => fetch(url, init);
const direct = createTabSender(ask);

serveSender(globalThis, (forward) =>
  forward === undefined ? direct : createForwardSender(ask, forward),
);
