/**
 * Http: requests to servers, within what their owner has granted.
 *
 * Reads URLs once, checks each request and each redirect against a binding, attaches the owner's headers, and bounds what
 * comes back. Does not know capabilities; `caps` serves what it gives. How a request leaves is for a `HopSender`: a browser's
 * `fetch` in a worker, the forwarder of a local node, or `ww` itself.
 *
 *     const binding = createHttpBinding({
 *       hosts: ["api.example"],
 *       paths: ["/v1"],
 *       methods: ["GET"],
 *       attached: [{ name: "authorization", value: new SecretText("Bearer …") }],
 *       limits: { responseBytes: 100_000, calls: 1000, timeoutMs: 10_000 },
 *     });
 *     const http = createHttpClient(binding, createTabSender(fetch));
 *     const outcome = await http.send({ method: "GET", url: "https://api.example/v1/a", headers: [] });
 *     using client = serve(HttpClient, serveHttpClient(http, clock)); // what a cell is given
 *
 * @module
 */
export { createHttpBinding, describeHttpBinding } from "./binding.ts";
export type { AttachedHeader, HttpBinding, HttpBindingOptions, HttpLimits } from "./binding.ts";
export { createHttpClient } from "./client.ts";
export type { BoundHttp, HttpOutcome, HttpRequest } from "./client.ts";
export { encodeHead, readForwardedHop, readFrame } from "./forward-frame.ts";
export type { ForwardedHop, ForwardedOutcome } from "./forward-frame.ts";
export { createForwardSender } from "./forward-sender.ts";
export { isRedirect } from "./hop.ts";
export type { HopOutcome, HopSender, HttpHeader, HttpHop, HttpMethod, HttpWay } from "./hop.ts";
export { limitSender } from "./limit-sender.ts";
export { isLocalhost, parseHttpUrl, readAddress } from "./parse-url.ts";
export { readBody } from "./read-body.ts";
export { SecretText } from "./secret-text.ts";
export { openSender, serveSender } from "./sender-port.ts";
export type { RemoteSender } from "./sender-port.ts";
export { createTabSender } from "./tab-sender.ts";
