/** The names in a UnixFS directory, plain or sharded. */
import type { Waiting } from "#base";
import type { CID } from "multiformats/cid";
import type { BlockSource } from "./block-source.ts";
import { decodeNode } from "./unixfs-node.ts";
import type { UnixfsNode } from "./unixfs-node.ts";

export type DirectoryNode = Extract<UnixfsNode, { type: "directory" | "shard" }>;

/** One name; `size` is what the directory says, true for a file of one raw block only, and 0 where it says nothing. */
export interface DirectoryEntry {
  readonly name: string;
  readonly cid: CID;
  readonly size: number;
}

export interface ListOptions extends Waiting {
  /** Called before each further shard is read; throws when there have been too many, and may let others have a turn. */
  readonly onShard: () => Promise<void> | undefined;
}

const CONCURRENCY = 16;

/**
 * All names, in no order.
 *
 * A shard that occurs twice would put the same names at two places, so it is refused; else 50 blocks could describe more
 * shards than anyone can visit, with no name in any.
 *
 * @throws {SyntaxError} when a shard is none, or occurs twice.
 */
export async function* listDirectory(
  node: DirectoryNode,
  blocks: BlockSource,
  { signal, onShard }: ListOptions,
): AsyncGenerator<DirectoryEntry> {
  if (node.type === "directory") {
    for (const { Name = "", Hash, Tsize = 0 } of node.links) {
      yield { name: Name, cid: Hash, size: Tsize };
    }
    return;
  }
  const seen = new Set<string>();
  const shards = [node];
  for (let shard = shards.pop(); shard !== undefined; shard = shards.pop()) {
    const below: CID[] = [];
    for (const { Name = "", Hash, Tsize = 0 } of shard.links) {
      const name = Name.slice(shard.digits);
      if (name !== "") yield { name, cid: Hash, size: Tsize };
      else if (Name.length === shard.digits) below.push(Hash);
      else throw new SyntaxError(`a shard of it has the name "${Name}"`);
    }
    for (const cid of below) {
      const key = cid.toString();
      if (seen.has(key)) throw new SyntaxError(`the shard "${key}" of it occurs twice`);
      seen.add(key);
    }
    while (below.length > 0) {
      const opened = below.splice(0, CONCURRENCY).map(async (cid) => {
        await onShard();
        signal?.throwIfAborted();
        return decodeNode(cid, await blocks.get(cid, { signal }));
      });
      for (const inner of await Promise.all(opened)) {
        if (inner.type !== "shard") throw new SyntaxError(`a shard of it is a ${inner.type}`);
        shards.push(inner);
      }
    }
  }
}
