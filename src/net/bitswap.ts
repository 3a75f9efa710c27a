/**
 * Exchanges single blocks with peers by bitswap, `/ipfs/bitswap/1.2.0`, which the nodes of IPFS speak.
 *
 * Each side only writes to the streams that it opens, so a node that asks must also listen. A peer's wants are answered at
 * once and in order, from the shared blocks, and then forgotten; back-pressure slows a peer that asks too fast. No wantlist
 * is kept: a library that keeps one puts all 1024 blocks that a peer wants into one message in memory.
 */
import { createPeerCounts, Exception, LIMIT_BLOCK_BYTES } from "#base";
import type { Duplex, Waiting } from "#base";
import { decodeMessage, encodeBlock, encodePresences } from "./bitswap-message.ts";
import type { AskedBlock, Presence } from "./bitswap-message.ts";
import { createMessageLine, readMessages } from "./message-line.ts";
import type { MessageLine } from "./message-line.ts";
import { serveDags } from "./peer-blocks.ts";
import type { Listen, SharedBlocks } from "./peer-blocks.ts";
import { createWantedBlocks } from "./wanted-blocks.ts";
import type { WantedBlocks } from "./wanted-blocks.ts";

export interface BitswapPowers {
  readonly dial: (peerId: Uint8Array, protocol: string, options: Waiting) => Promise<Duplex>;
  readonly listen: Listen;
}

export interface Bitswap extends AsyncDisposable, Pick<WantedBlocks, "want"> {
  /**
   * Serves these blocks to peers until it is disposed, and no others: single ones by bitswap, DAGs by `serveDags`.
   * Resolves when peers can ask. Only one share may be active at a time.
   */
  share(blocks: SharedBlocks): Promise<AsyncDisposable>;
}

export const BITSWAP_PROTOCOL = "/ipfs/bitswap/1.2.0";

/** Streams that are read at a time, of all peers and of one: Go's peers answer on eight, and ask on one. */
const STREAM_LIMIT = 64;
const PEER_STREAM_LIMIT = 16;
/** Limit for a message of a peer that this node wants blocks from. */
const MESSAGE_BYTES = LIMIT_BLOCK_BYTES + 1024;
/** Limit for a message of any other peer, which can only contain wants: about 5000. */
const WANTS_BYTES = 256 * 1024;
/** A peer that sends or accepts nothing for this long is cut off; Go's peers then open another stream when they need one. */
const STALL_MS = 30_000;

/** Listens to peers until it is disposed. Resolves when they can ask. */
export async function openBitswap({ dial, listen }: BitswapPowers): Promise<Bitswap> {
  const ended = new AbortController();
  const limited = (): AbortSignal => AbortSignal.any([ended.signal, AbortSignal.timeout(STALL_MS)]);
  const open = (peerId: Uint8Array, options: Waiting): Promise<Duplex> =>
    dial(peerId, BITSWAP_PROTOCOL, options);
  const counts = createPeerCounts(STREAM_LIMIT, PEER_STREAM_LIMIT);
  const wanted = createWantedBlocks(open);
  let shared: SharedBlocks | undefined;

  const answer = async (asked: readonly AskedBlock[], line: MessageLine): Promise<void> => {
    const presences: Presence[] = [];
    for (const { cid, isPresence, wantsAbsence } of asked) {
      const waiting = { signal: limited() };
      const bytes = isPresence ? undefined : await shared?.readBlock(cid, waiting);
      if (bytes !== undefined) {
        await line.write(encodeBlock(cid, bytes), waiting);
        continue;
      }
      const isHere = isPresence && (await shared?.hasBlock(cid)) === true;
      if (isHere || wantsAbsence) presences.push({ cid, isHere });
    }
    if (presences.length > 0) await line.write(encodePresences(presences), { signal: limited() });
  };
  /** Takes over the duplex. Never rejects. */
  const hear = async (duplex: Duplex, peerId: Uint8Array): Promise<void> => {
    using own = duplex;
    using line = createMessageLine((options) => open(peerId, options));
    own.sink.close();
    try {
      for await (const bytes of readMessages(own.source, {
        limitBytes: () => (wanted.isAwaited(peerId) ? MESSAGE_BYTES : WANTS_BYTES),
        onBytes: (count) => wanted.hear(peerId, count),
        stallMs: STALL_MS,
        signal: ended.signal,
      })) {
        const message = decodeMessage(bytes);
        if (!(await wanted.take(peerId, message))) return;
        await answer(message.asked, line);
      }
    } catch {
      // The peer has gone, is too slow, or sent a malformed message: its stream is cut.
    }
  };
  const listening = await listen(BITSWAP_PROTOCOL, (duplex, peerId) => {
    const leave = counts.enter(peerId);
    if (leave === undefined) return duplex[Symbol.dispose]();
    void hear(duplex, peerId).finally(leave);
  });
  return {
    want: (peerId, cid, { signal, ...options }) =>
      wanted.want(peerId, cid, {
        ...options,
        signal: signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]),
      }),
    async share(blocks) {
      const serving = await serveDags(listen, blocks);
      shared = blocks;
      return {
        async [Symbol.asyncDispose]() {
          shared = undefined;
          await serving[Symbol.asyncDispose]();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      ended.abort(new Exception("disconnected", "This node has stopped"));
      await listening[Symbol.asyncDispose]();
    },
  };
}
