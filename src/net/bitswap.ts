/**
 * Single blocks between peers by bitswap, which those of IPFS speak: `/ipfs/bitswap/1.2.0`.
 *
 * Each side opens streams of its own and only writes to them, so that a node that asks also listens. What a peer asks for is
 * answered in order and at once, from what is shared, and then forgotten; what is not read of a peer holds it back. Small,
 * since nothing is kept for peers: a library that keeps their lists of wants puts all that a peer wants, 1024 blocks, into
 * one message in memory.
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
   * Gives peers what is shared and nothing else, single blocks, and DAGs as `serveDags` does, until it is disposed.
   * Resolves when they can ask; once at a time.
   */
  share(blocks: SharedBlocks): Promise<AsyncDisposable>;
}

export const BITSWAP_PROTOCOL = "/ipfs/bitswap/1.2.0";

/** Streams of all peers that are read at a time, and of each: go's peers answer on eight, and ask on one. */
const STREAM_LIMIT = 64;
const PEER_STREAM_LIMIT = 16;
/** Of a peer that blocks are wanted of. */
const MESSAGE_BYTES = LIMIT_BLOCK_BYTES + 1024;
/** Of others, which can only want some themselves: about 5000. */
const WANTS_BYTES = 256 * 1024;
/** A peer that says or takes nothing for so long is cut off; go's peers open another stream when they want something. */
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
      // The peer has gone, is too slow, or says what is no message: it finds the stream cut.
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
