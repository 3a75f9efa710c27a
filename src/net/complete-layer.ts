/** The rest of a layer, block by block: verified-fetch over Helia, and so over our broker. */
import { createTurns, Exception, requireCheckable, toMessage } from "#base";
import type { VerifiedFetch } from "@helia/verified-fetch";
import type { Helia } from "helia";
import type { CID } from "multiformats/cid";
import type { BrokerEvent } from "./broker.ts";
import type { KeptBlocks } from "./kept-blocks.ts";
import { findMissing } from "./missing.ts";

interface BlockListener {
  /** One was fetched, of so many bytes. */
  onBlock(bytes: number): void;
  /** A busy gateway asks to wait so many seconds, or that is over. */
  onWait(seconds: number | undefined): void;
}

/** How many blocks are asked for at once; a browser opens six connections to a host over HTTP/1.1. */
const CONCURRENCY = 6;
const BLOCKS_PER_TURN = 8;

/**
 * Returns when every block below the root is here; tells of each that had to be fetched.
 *
 * @throws {Exception} the broker's, as soon as one block cannot be had.
 */
export async function completeLayer(
  helia: Helia,
  root: CID,
  kept: KeptBlocks,
  signal: AbortSignal | undefined,
  told: BlockListener,
): Promise<void> {
  const { createVerifiedFetchWithHelia } = await import("@helia/verified-fetch");
  const turns = createTurns(BLOCKS_PER_TURN);
  const verifiedFetch = await createVerifiedFetchWithHelia(helia);
  try {
    let { cids } = await findMissing(root, kept, { signal });
    while (cids.length > 0) {
      await fetchAll(cids, (cid) => fetchBlock(verifiedFetch, cid, kept, signal, told));
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

/** Some at once, each followed by the next as soon as it is there; none any more once one has failed. */
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
 * Asks for one block; Helia stores it.
 *
 * When a block cannot be had, verified-fetch answers with a status without a cause, or waits for its signal. Therefore the
 * broker's word counts: the failure it tells ends the request. Nor does it say why a block that was fetched could not be
 * stored, so that is tried once more here.
 */
async function fetchBlock(
  verifiedFetch: VerifiedFetch,
  cid: CID,
  kept: KeptBlocks,
  signal: AbortSignal | undefined,
  told: BlockListener,
): Promise<void> {
  requireCheckable(cid);
  const failed = new AbortController();
  let fetched: Uint8Array | undefined;
  const name = cid.toString();
  try {
    const response = await verifiedFetch(cid, {
      headers: { Accept: "application/vnd.ipld.raw" },
      // A session gives up on gateways for good.
      session: false,
      signal: signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]),
      onProgress: (progress) => {
        const event = progress as unknown as BrokerEvent;
        if (event.type === "ww:block:fetched") {
          fetched = event.detail;
          told.onBlock(event.detail.length);
        }
        if (event.type === "ww:block:waiting") told.onWait(event.detail);
        if (event.type === "ww:block:failed") failed.abort(event.detail);
      },
    });
    failed.signal.throwIfAborted();
    if (!response.ok) {
      if (fetched !== undefined) return await kept.put(cid, fetched, { signal });
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
