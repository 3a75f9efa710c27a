/** Follows a mutable name, from one image to the next. */
import { sleep, toMessage } from "#base";
import type { Logger, Notice } from "#base";
import type { CID } from "multiformats/cid";
import type { NameRecord } from "./name-record.ts";
import type { Names } from "./names.ts";

export interface FollowOptions {
  /** How long to wait before the name is resolved again. */
  readonly pollMs: number;
  /** Minimal time between two resolutions, however many hints there are. */
  readonly pauseMs: number;
  /** Notified when the name may have changed, which ends the wait. */
  readonly hint: Pick<Notice, "wait">;
  /** Called with each new image that the name leads to; a rejection is logged. */
  readonly onHead: (cid: CID) => PromiseLike<unknown>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Runs until the signal fires; never rejects. The sequence never decreases, and a name that cannot be resolved keeps
 * its last image.
 *
 * @param current the record from which the current image was opened
 */
export async function followName(
  names: Pick<Names, "resolve">,
  key: CID,
  current: NameRecord,
  { pollMs, pauseMs, hint, onHead, logger, signal }: FollowOptions,
): Promise<void> {
  let { sequence, cid } = current;
  while (!signal.aborted) {
    await sleep(pauseMs, signal);
    await waitForNext(pollMs - pauseMs, hint, signal);
    if (signal.aborted) return;
    try {
      const found = await names.resolve(key, { signal });
      for (const refusal of found.refusals) logger.log("info", "net", "name source", { refusal });
      if (found.sequence <= sequence) continue;
      sequence = found.sequence;
      if (found.cid.equals(cid)) continue;
      cid = found.cid;
      logger.log("info", "net", "a name leads to another image", { cid: cid.toString() });
      await onHead(cid);
    } catch (reason) {
      logger.log("info", "net", "a name is not followed now", { reason: toMessage(reason) });
    }
  }
}

async function waitForNext(
  pollMs: number,
  hint: FollowOptions["hint"],
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  // Aborting `over` ends both waits.
  await Promise.race([sleep(pollMs, until), hint.wait({ signal: until }).catch(() => undefined)]);
  over.abort();
}
