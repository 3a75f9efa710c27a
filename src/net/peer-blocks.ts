/**
 * Exchanges DAGs with peers by `/ww/0.1.0/blocks`, one stream for each request. Single blocks are requested by bitswap.
 *
 * A request is the byte 0, the CID, and the end of the stream. An answer is the byte 0 and a CAR of the whole DAG; or the
 * byte 1 if the DAG is not shared, 2 if there are too many requests. The CAR has each block once, in the order of `walkDag`.
 */
import { createPeerCounts, Exception, readAll } from "#base";
import type { ByteSource, Duplex, Waiting } from "#base";
import { CID } from "multiformats/cid";
import type { Fetch } from "./answer.ts";
import { createProvider } from "./provider.ts";
import type { Provider } from "./provider.ts";
import type { Trouble } from "./trouble.ts";
import type { Wanted, WantOptions } from "./wanted-blocks.ts";

const BLOCKS_PROTOCOL = "/ww/0.1.0/blocks";

const DAG = 0;
const FOUND = 0;
const MISSING = 1;
const BUSY = 2;
const STATUS: Record<number, number> = { [FOUND]: 200, [MISSING]: 404, [BUSY]: 503 };

const REQUEST_BYTES = 256;
const REQUEST_MS = 10_000;
/** A peer that accepts nothing for this long is cut off. */
const STALL_MS = 30_000;
/** Limit for a whole answer, however slow the peer is; it can then request the missing blocks. */
const ANSWER_MS = 600_000;
/** How many requests of all peers are answered at a time. */
const REQUEST_LIMIT = 32;
const READ_BYTES = 64 * 1024;

/** The blocks that are shared with peers. */
export interface SharedBlocks {
  /** The pieces of a CAR of the DAG; `undefined` unless the DAG is shared. */
  readDag(root: CID, options: Waiting): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** A block of a shared DAG; `undefined` for any other. */
  readBlock(cid: CID, options: Waiting): Promise<Uint8Array | undefined>;
  /** Whether `readBlock` would give it. */
  hasBlock(cid: CID): Promise<boolean>;
}

/** @see NetNode.serveStreams */
export type Listen = (
  protocol: string,
  take: (duplex: Duplex, peerId: Uint8Array) => void,
) => Promise<AsyncDisposable>;

/** Answers requests of peers until it is disposed. Resolves when peers can send them. */
export async function serveDags(
  listen: Listen,
  shared: Pick<SharedBlocks, "readDag">,
): Promise<AsyncDisposable> {
  const ended = new AbortController();
  const counts = createPeerCounts(REQUEST_LIMIT);
  const listening = await listen(BLOCKS_PROTOCOL, (duplex, peerId) => {
    const leave = counts.enter(peerId);
    if (leave === undefined) return refuse(duplex);
    void answer(duplex, shared, within(ANSWER_MS, ended.signal)).finally(leave);
  });
  return {
    async [Symbol.asyncDispose]() {
      ended.abort();
      await listening[Symbol.asyncDispose]();
    },
  };
}

/** Tells a peer that there are too many requests. Takes over the duplex. */
function refuse(duplex: Duplex): void {
  using own = duplex;
  own.sink.offer(Uint8Array.of(BUSY));
  own.sink.close();
}

/** Takes over the duplex. Never rejects. */
async function answer(
  duplex: Duplex,
  shared: Pick<SharedBlocks, "readDag">,
  ended: AbortSignal,
): Promise<void> {
  using own = duplex;
  const { source, sink } = own;
  const write = (bytes: Uint8Array): Promise<void> =>
    sink.write(bytes, { signal: within(STALL_MS, ended) });
  try {
    const request = await readAll(source, REQUEST_BYTES, { signal: within(REQUEST_MS, ended) });
    const root = request[0] === DAG ? parseCid(request.subarray(1)) : undefined;
    const pieces = root && (await shared.readDag(root, { signal: ended }));
    await write(Uint8Array.of(pieces === undefined ? MISSING : FOUND));
    // Pieces are borrowed, and a sink takes over what is written.
    for await (const piece of pieces ?? []) await write(piece.slice());
    sink.close();
  } catch {
    // The peer has gone, is too slow, or a block cannot be read: the stream is cut.
  }
}

function within(ms: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}

function parseCid(bytes: Uint8Array): CID | undefined {
  try {
    return CID.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Access to peers, each named by a multiaddress that ends with its id, or by its id alone. */
export interface PeerAccess {
  /** Opens a stream of a protocol. */
  dial(peer: string, protocol: string, options: Waiting): Promise<Duplex>;
  /** @see WantedBlocks.want */
  want(peer: string, cid: CID, options: WantOptions): Promise<Wanted>;
}

/** A peer as a provider: of DAGs by `BLOCKS_PROTOCOL`, of single blocks by bitswap. */
export function createPeerProvider(peer: string, access: PeerAccess, stallMs: number): Provider {
  const provider = { kind: "peer", name: /\/p2p\/(\w+)$/.exec(peer)?.[1] ?? peer } as const;
  const dial = (options: Waiting): Promise<Duplex> => access.dial(peer, BLOCKS_PROTOCOL, options);
  const whole = createProvider(provider, "peer:///", createPeerFetch(dial), stallMs);
  return {
    name: provider,
    async fetchDag(root, listener, options) {
      const trouble = await whole.fetchDag(root, listener, options);
      if (trouble?.type !== "unreachable" || !isUnimplemented(trouble.cause)) return trouble;
      return { type: "refused", provider, found: "serves only single blocks" };
    },
    async fetchBlock(cid, { signal } = {}) {
      try {
        const found = await access.want(peer, cid, { signal, stallMs });
        return found instanceof Uint8Array ? found : toTrouble(found);
      } catch (cause) {
        signal?.throwIfAborted();
        return isUnimplemented(cause)
          ? { type: "refused", provider, found: "serves no single blocks" }
          : { type: "unreachable", provider, cause };
      }
      function toTrouble(type: Exclude<Wanted, Uint8Array>): Trouble {
        return type === "stalled"
          ? { type, provider, stallMs }
          : { type, provider, cid: cid.toString() };
      }
    },
  };
}

function isUnimplemented(cause: unknown): boolean {
  return cause instanceof Exception && cause.kind === "unimplemented";
}

/** A `fetch` that sends a gateway's requests for DAGs to a peer. */
function createPeerFetch(dial: (options: Waiting) => Promise<Duplex>): Fetch {
  return async (url, { signal: nullable }) => {
    const signal = nullable ?? undefined;
    const [, cid = ""] = /\/ipfs\/(\w+)\?format=car/.exec(url) ?? [];
    await using stack = new AsyncDisposableStack();
    const { source, sink } = stack.use(await dial({ signal }));
    const request = Uint8Array.of(DAG, ...CID.parse(cid).bytes);
    // A busy peer answers without reading the request, so this write may fail.
    await sink.write(request, { signal }).catch(() => signal?.throwIfAborted());
    sink.close();
    const [status = MISSING] = (await source.read(1, { signal })) ?? [];
    if (status !== FOUND) return new Response(null, { status: STATUS[status] ?? 502 });
    const held = stack.move();
    return new Response(
      toBody(source, signal, () => void held.disposeAsync()),
      { headers: { "content-type": "application/vnd.ipld.car" } },
    );
  };
}

function toBody(
  source: ByteSource,
  signal: AbortSignal | undefined,
  end: () => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const bytes = await source.read(READ_BYTES, { signal });
        if (bytes !== undefined) return controller.enqueue(bytes);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      end();
    },
    cancel: end,
  });
}
