/** The rest of a layer, block by block: verified-fetch over Helia, and so over our broker. */
import { Exception, toMessage } from "#base";
import type { VerifiedFetch } from "@helia/verified-fetch";
import type { Helia } from "helia";
import type { CID } from "multiformats/cid";
import type { BrokerEvent } from "./broker.ts";
import { walkMissing } from "./missing.ts";
import type { Blockstore } from "./missing.ts";

/** How many blocks are asked for at once; a browser opens six connections to a host over HTTP/1.1. */
const CONCURRENCY = 6;

/**
 * Returns when every block below the root is in the store; `told` gets the size of each that had to be fetched.
 *
 * @throws {Exception} the broker's, as soon as one block cannot be had.
 */
export async function completeLayer(
  helia: Helia,
  root: CID,
  blockstore: Blockstore,
  signal: AbortSignal | undefined,
  told: (bytes: number) => void,
): Promise<void> {
  const { createVerifiedFetchWithHelia } = await import("@helia/verified-fetch");
  const verifiedFetch = await createVerifiedFetchWithHelia(helia);
  try {
    for await (const group of walkMissing(root, blockstore, CONCURRENCY, signal)) {
      await Promise.all(group.map((cid) => fetchBlock(verifiedFetch, cid, signal, told)));
    }
  } finally {
    await verifiedFetch.stop();
  }
}

/**
 * Asks for one block; Helia stores it.
 *
 * When a block cannot be had, verified-fetch answers with a status without a cause, or waits for its signal. Therefore the
 * broker's word counts: the failure it tells ends the request.
 */
async function fetchBlock(
  verifiedFetch: VerifiedFetch,
  cid: CID,
  signal: AbortSignal | undefined,
  told: (bytes: number) => void,
): Promise<void> {
  const failed = new AbortController();
  const name = cid.toString();
  try {
    const response = await verifiedFetch(cid, {
      headers: { Accept: "application/vnd.ipld.raw" },
      // A session gives up on gateways for good.
      session: false,
      signal: signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]),
      onProgress: (progress) => {
        const event = progress as unknown as BrokerEvent;
        if (event.type === "ww:block:fetched") told(event.detail.length);
        if (event.type === "ww:block:failed") failed.abort(event.detail);
      },
    });
    failed.signal.throwIfAborted();
    if (!response.ok) {
      throw new Exception("failed", `Cannot fetch "${name}": status ${response.status}`);
    }
    await response.body?.cancel();
  } catch (reason) {
    signal?.throwIfAborted();
    failed.signal.throwIfAborted();
    if (reason instanceof Exception) throw reason;
    throw new Exception("failed", `Cannot fetch "${name}": ${toMessage(reason)}`, {
      cause: reason,
    });
  }
}
