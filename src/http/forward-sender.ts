/** Sends requests through the local node's forwarder, to which the cross-origin rules of browsers do not apply. */
import { toMessage } from "#base";
import { encodeHead, readForwardedOutcome, readFrame } from "./forward-frame.ts";
import type { Fetch, HopOutcome, HopSender } from "./hop.ts";
import { readBody, readPieces } from "./read-body.ts";
import { limitSender } from "./limit-sender.ts";

/**
 * Requests in flight; others wait. A browser opens six connections to a server, and the page fetches its images from the same
 * one.
 */
const LIMIT_REQUESTS = 4;

/** @param url the address of the forwarder, on the page's origin */
export function createForwardSender(fetch: Fetch, url: string): HopSender {
  const sender: HopSender = {
    way: "forwarder",
    async send({ body, ...hop }, { signal } = {}) {
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/octet-stream" },
          body: new Blob([
            encodeHead({ ...hop, bodyBytes: body?.length ?? 0 }),
            body ?? "",
          ] as BlobPart[]),
          cache: "no-store",
          credentials: "omit",
          redirect: "error",
          signal: signal ?? null,
        });
        if (!response.ok) {
          await response.body?.cancel();
          return { type: "unreachable", reason: `it answers with status ${response.status}` };
        }
        return await readOutcome(response, hop.limitBytes);
      } catch (error) {
        signal?.throwIfAborted();
        return { type: "unreachable", reason: `it does not answer: ${toMessage(error)}` };
      }
    },
  };
  return limitSender(sender, LIMIT_REQUESTS);
}

async function readOutcome(response: Response, limitBytes: number): Promise<HopOutcome> {
  const { head, body } = await readFrame(readPieces(response.body));
  const outcome = readForwardedOutcome(head);
  if (outcome.type !== "response") {
    await body.return(undefined);
    return outcome;
  }
  const read = await readBody(body, limitBytes);
  return read === undefined ? { type: "too-large" } : { ...outcome, body: read };
}
