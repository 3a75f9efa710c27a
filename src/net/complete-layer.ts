/** Fetches the rest of a layer block by block, by verified-fetch over Helia and the gateway broker. */
import { createTurns, Exception, requireCheckable, toMessage } from "#base";
import type { VerifiedFetch } from "@helia/verified-fetch";
import type { Helia } from "helia";
import type { CID } from "multiformats/cid";
import type { BrokerEvent } from "./broker.ts";
import type { KeptBlocks } from "./kept-blocks.ts";
import { findMissing } from "./missing.ts";

interface BlockListener {
  /** A block of `bytes` bytes was fetched. */
  onBlock(bytes: number): void;
  /** A busy gateway requests a delay in seconds, or the delay is over. */
  onWait(seconds: number | undefined): void;
}

/** Concurrent requests; browsers open six connections to a host over HTTP/1.1. */
const CONCURRENCY = 6;
const BLOCKS_PER_TURN = 8;

/**
 * Resolves when every block below the root is stored or queued; reports each fetched block.
 *
 * @throws {Exception} the broker's, as soon as one block cannot be fetched.
 */
export async function completeLayer(
  helia: Helia,
  root: CID,
  kept: KeptBlocks,
  signal: AbortSignal | undefined,
  listener: BlockListener,
): Promise<void> {
  const { createVerifiedFetchWithHelia } = await import("@helia/verified-fetch");
  const turns = createTurns(BLOCKS_PER_TURN);
  const verifiedFetch = await createVerifiedFetchWithHelia(helia);
  try {
    let { cids } = await findMissing(root, kept, { signal });
    while (cids.length > 0) {
      await fetchAll(cids, (cid) => fetchBlock(verifiedFetch, cid, kept, signal, listener));
      const below = new Map<string, CID>();
      for (const top of cids) {
        await turns();
        for (const cid of (await findMissing(top, kept, { signal })).cids) {
          below.set(cid.toString(), cid);
        }
      }
      cids = [...below.values()];
    }
  } finally {
    await verifiedFetch.stop();
  }
}

/** Fetches with limited concurrency; starts nothing more after a failure. */
async function fetchAll(cids: readonly CID[], fetch: (cid: CID) => Promise<void>): Promise<void> {
  const left = cids.values();
  let failed = false;
  const fetchNext = async (): Promise<void> => {
    for (const cid of left) {
      if (failed) return;
      await fetch(cid).catch((reason: unknown) => {
        failed = true;
        throw reason;
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, fetchNext));
}

/**
 * Fetches one block; Helia stores it.
 *
 * When a block cannot be fetched, verified-fetch returns a status without a cause, or waits for its signal. So the
 * failure that the broker reports ends the request. Nor does verified-fetch say why a fetched block could not be
 * stored, so `put` is repeated here to get the error.
 */
async function fetchBlock(
  verifiedFetch: VerifiedFetch,
  cid: CID,
  kept: KeptBlocks,
  signal: AbortSignal | undefined,
  listener: BlockListener,
): Promise<void> {
  requireCheckable(cid);
  const failed = new AbortController();
  let fetched: Uint8Array | undefined;
  const name = cid.toString();
  try {
    const response = await verifiedFetch(cid, {
      headers: { Accept: "application/vnd.ipld.raw" },
      // A session drops failed gateways permanently.
      session: false,
      signal: signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]),
      onProgress: (progress) => {
        const event = progress as unknown as BrokerEvent;
        if (event.type === "ww:block:fetched") {
          fetched = event.detail;
          listener.onBlock(event.detail.length);
        }
        if (event.type === "ww:block:waiting") listener.onWait(event.detail);
        if (event.type === "ww:block:failed") failed.abort(event.detail);
      },
    });
    failed.signal.throwIfAborted();
    if (!response.ok) {
      if (fetched !== undefined) return await kept.put(cid, fetched, { signal });
      throw new Exception("failed", `Cannot fetch "${name}": its block could not be read`);
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
