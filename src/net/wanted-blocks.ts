/**
 * The blocks that this node wants from peers by bitswap.
 *
 * A peer sends a block without its CID, so a corrupt block looks like one that was not asked for. An honest peer sends
 * neither, but may send a block that this node wanted earlier: those are remembered, and any other block is a lie.
 */
import { canCheckHash, hashBytes, requireCheckable, sleep, toDigestKey, untilAborted } from "#base";
import type { Duplex, Waiting } from "#base";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { encodeWant } from "./bitswap-message.ts";
import type { BitswapMessage, SentBlock } from "./bitswap-message.ts";
import { createMessageLine } from "./message-line.ts";
import type { MessageLine } from "./message-line.ts";

/** The checked bytes, which the caller owns; or why there are none. */
export type Wanted = Uint8Array | "missing" | "corrupt" | "stalled";

export interface WantOptions extends Waiting {
  /** The longest silence; also the minimal rate: fewer than `stallMs` bytes in `stallMs` ms are too slow. */
  readonly stallMs: number;
}

export interface WantedBlocks {
  /**
   * Asks one peer for one block.
   *
   * @throws {Exception} `disconnected` when it cannot be reached, `unimplemented` when it does not speak bitswap, `failed`
   * when the hash is of a kind that cannot be checked.
   */
  want(peerId: Uint8Array, cid: CID, options: WantOptions): Promise<Wanted>;
  /** Whether anything is wanted from the peer now. */
  isAwaited(peerId: Uint8Array): boolean;
  /** Counts bytes that have arrived from the peer. */
  hear(peerId: Uint8Array, count: number): void;
  /** Handles a message of the peer. @returns false if the peer lies */
  take(peerId: Uint8Array, message: BitswapMessage): Promise<boolean>;
}

interface Want {
  readonly key: string;
  readonly settle: (found: Wanted) => void;
}

/** A peer that something was wanted from. */
interface Asked {
  readonly line: MessageLine;
  readonly wants: Set<Want>;
  /** Digests of blocks that were wanted from it lately. */
  readonly past: Set<string>;
  heardBytes: number;
}

/** Remembered digests of one peer. */
const LIMIT_PAST = 1024;
/** Beyond this many peers, those that nothing is wanted from are forgotten. */
const LIMIT_ASKED = 64;
/** Limit for one block, even if the peer keeps sending something else. */
const LIMIT_MS = 600_000;
const CANCEL_MS = 10_000;
const RAW = 0x55;
/** The hash code of a CID that contains the block itself. */
const IDENTITY = 0x00;
/** The longest digest of a supported hash function. */
const LIMIT_DIGEST_BYTES = 64;

/** @param dial opens a stream to a peer */
export function createWantedBlocks(
  dial: (peerId: Uint8Array, options: Waiting) => Promise<Duplex>,
): WantedBlocks {
  const peers = new Map<string, Asked>();
  const find = (peerId: Uint8Array): Asked | undefined => peers.get(peerId.join());
  const begin = (peerId: Uint8Array): Asked => {
    const key = peerId.join();
    const known = peers.get(key);
    const line = createMessageLine((options) => dial(peerId, options));
    const asked = known ?? { line, wants: new Set(), past: new Set(), heardBytes: 0 };
    peers.delete(key);
    peers.set(key, asked);
    for (const [oldest, { wants }] of peers) {
      if (peers.size <= LIMIT_ASKED) break;
      if (wants.size === 0 && oldest !== key) peers.delete(oldest);
    }
    return asked;
  };
  return {
    async want(peerId, cid, options) {
      const { signal, stallMs } = options;
      signal?.throwIfAborted();
      requireCheckable(cid);
      const asked = begin(peerId);
      const { line, wants } = asked;
      const { promise, resolve } = Promise.withResolvers<Wanted>();
      const want: Want = { key: toDigestKey(cid), settle: resolve };
      const late = AbortSignal.timeout(stallMs);
      const soon = signal === undefined ? late : AbortSignal.any([signal, late]);
      let isAsked = false;
      wants.add(want);
      try {
        await untilAborted(line.write(encodeWant(cid), { signal: soon }), soon);
        isAsked = true;
        return await untilStalled(promise, asked, options);
      } catch (reason) {
        signal?.throwIfAborted();
        if (late.aborted && !isAsked) return "stalled";
        throw reason;
      } finally {
        if (wants.has(want)) {
          settle(asked, want, "stalled");
          // Without this, the peer may send a block that is then dropped.
          const isShared = [...wants].some(({ key }) => key === want.key);
          if (isAsked && !isShared) void takeBack(line, cid);
        }
        if (wants.size === 0) line[Symbol.dispose]();
      }
    },
    isAwaited: (peerId) => (find(peerId)?.wants.size ?? 0) > 0,
    hear(peerId, count) {
      const asked = find(peerId);
      if (asked !== undefined) asked.heardBytes += count;
    },
    async take(peerId, { blocks, presences }) {
      const asked = find(peerId);
      if (asked === undefined) return true;
      for (const { cid, isHere } of presences) {
        if (!isHere) settleAll(asked, toDigestKey(cid), "missing");
      }
      for (const block of blocks) {
        // A block is hashed only while something is wanted.
        if (asked.wants.size === 0) break;
        const key = await hash(block);
        if (key !== undefined && settleAll(asked, key, block.bytes)) continue;
        if (key !== undefined && asked.past.has(key)) continue;
        for (const want of asked.wants) settle(asked, want, "corrupt");
        return false;
      }
      return true;
    },
  };
}

/** Never rejects. */
async function takeBack(line: MessageLine, cid: CID): Promise<void> {
  const late = AbortSignal.timeout(CANCEL_MS);
  await line.write(encodeWant(cid, { isOver: true }), { signal: late }).catch(() => undefined);
}

/** Settles all wants of one digest. @returns whether there were any */
function settleAll(asked: Asked, key: string, found: Wanted): boolean {
  const wants = [...asked.wants].filter((want) => want.key === key);
  for (const want of wants) {
    // A view would keep the whole message.
    settle(asked, want, found instanceof Uint8Array ? found.slice() : found);
  }
  return wants.length > 0;
}

function settle({ wants, past }: Asked, want: Want, found: Wanted): void {
  wants.delete(want);
  past.delete(want.key);
  past.add(want.key);
  const [oldest] = past;
  if (past.size > LIMIT_PAST && oldest !== undefined) past.delete(oldest);
  want.settle(found);
}

/** The digest of a block; `undefined` if this node cannot have asked for a block with its hash function. */
async function hash({ hashCode, digestBytes, bytes }: SentBlock): Promise<string | undefined> {
  if (hashCode === IDENTITY || digestBytes > LIMIT_DIGEST_BYTES) return undefined;
  if (!canCheckHash({ code: hashCode, digest: new Uint8Array(digestBytes) })) return undefined;
  const digest = create(hashCode, await hashBytes(hashCode, bytes, digestBytes));
  return toDigestKey(CID.createV1(RAW, digest));
}

/** The answer; "stalled" if the peer sends too little meanwhile. */
async function untilStalled(
  answer: Promise<Wanted>,
  asked: Asked,
  { signal, stallMs }: WantOptions,
): Promise<Wanted> {
  for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += stallMs) {
    const before = asked.heardBytes;
    const pause = new AbortController();
    const until = signal === undefined ? pause.signal : AbortSignal.any([signal, pause.signal]);
    const found = await Promise.race([answer, sleep(stallMs, until)]).finally(() => pause.abort());
    signal?.throwIfAborted();
    if (found !== undefined) return found;
    if (asked.heardBytes - before < stallMs) break;
  }
  return "stalled";
}
