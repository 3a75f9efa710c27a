/** Reads UnixFS nodes by CID; caches decoded file nodes, since files are read in pieces. */
import { createTurns } from "#base";
import type { Waiting } from "#base";
import type { CID } from "multiformats/cid";
import type { BlockSource } from "./block-source.ts";
import { decodeNode } from "./unixfs-node.ts";
import type { UnixfsNode } from "./unixfs-node.ts";

export interface NodeSource {
  /**
   * The decoded node; yields between decodes.
   *
   * @throws {SyntaxError} when the block is malformed, with the reason.
   * @throws {Exception} the source's error, or `failed` when the block has too many links.
   */
  get(cid: CID, options?: Waiting): Promise<UnixfsNode>;
}

const RAW = 0x55;
/** Takes about 2 ms. */
const LINKS_PER_TURN = 1024;
/** Cost of a node, in links. */
const NODE_COST = 4;
/** Size of the cache. A node of 174 parts takes 80 kB, so 2 GB of a file can be read without decoding a node twice. */
const LIMIT_KEPT_BYTES = 16 * 1024 ** 2;
/** Memory of a part with its CID. */
const PART_BYTES = 400;
const OVERHEAD_BYTES = 400;

export function createNodeSource(blocks: BlockSource): NodeSource {
  const turns = createTurns(LINKS_PER_TURN);
  /** Least recently used first. */
  const kept = new Map<string, { readonly node: UnixfsNode; readonly bytes: number }>();
  let keptBytes = 0;
  const forget = (key: string): void => {
    keptBytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, node: UnixfsNode): void => {
    if (node.type !== "file") return;
    const bytes = OVERHEAD_BYTES + node.blockBytes + node.parts.length * PART_BYTES;
    forget(key);
    kept.set(key, { node, bytes });
    keptBytes += bytes;
    for (const oldest of kept.keys()) {
      if (keptBytes <= LIMIT_KEPT_BYTES) return;
      forget(oldest);
    }
  };
  return {
    async get(cid, { signal } = {}) {
      await turns(NODE_COST);
      signal?.throwIfAborted();
      const key = cid.toString();
      const known = kept.get(key)?.node;
      const node = known ?? (await read(cid, signal));
      if (cid.code !== RAW) keep(key, node);
      return node;
    },
  };

  async function read(cid: CID, signal: AbortSignal | undefined): Promise<UnixfsNode> {
    const block = await blocks.get(cid, { signal });
    if (cid.code === RAW) {
      const { length } = block;
      const node = { type: "file", sizeBytes: length, data: block, parts: [] } as const;
      return { ...node, blockBytes: length, modifiedNs: undefined };
    }
    return decodeNode(cid, block, async (links) => {
      await turns(links);
      signal?.throwIfAborted();
    });
  }
}
