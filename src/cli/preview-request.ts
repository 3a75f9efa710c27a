/** Checks of requests for previews, each of which has an origin of its own. */
import type { IncomingMessage } from "node:http";
import type { Duplex as NodeStream } from "node:stream";

/** Whether a page of another origin sends the request; following a link from there does not count. */
export function isOfOthers({ headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  if (origin !== undefined) return origin !== `http://${host}` && origin !== `https://${host}`;
  const site = headers["sec-fetch-site"];
  const isElsewhere = site === "cross-site" || site === "same-site";
  return isElsewhere && headers["sec-fetch-mode"] !== "navigate";
}

export function refuseSocket(socket: NodeStream, status: number): void {
  socket.end(`HTTP/1.1 ${status} \r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
