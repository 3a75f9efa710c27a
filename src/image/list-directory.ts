/** The names in a UnixFS directory, plain or sharded. */
import type { CID } from "multiformats/cid";
import type { UnixfsNode } from "./unixfs-node.ts";

export type DirectoryNode = Extract<UnixfsNode, { type: "directory" | "shard" }>;

/** One name; `size` is what the directory says, true for a file of one raw block only, and 0 where it says nothing. */
export interface DirectoryEntry {
  readonly name: string;
  readonly cid: CID;
  readonly size: number;
}

const CONCURRENCY = 16;

/**
 * All names, in no order.
 *
 * A shard that occurs twice would put the same names at two places, so it is refused; else 50 blocks could describe more
 * shards than anyone can visit, with no name in any.
 *
 * @param openShard reads a further shard; throws when there have been too many, and may let others have a turn
 * @throws {SyntaxError} when a shard is none, or occurs twice.
 * @throws {Exception} as `openShard` does.
 */
export async function* listDirectory(
  node: DirectoryNode,
  openShard: (cid: CID) => Promise<UnixfsNode>,
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
      for (const inner of await Promise.all(below.splice(0, CONCURRENCY).map(openShard))) {
        if (inner.type !== "shard") throw new SyntaxError(`a shard of it is a ${inner.type}`);
        shards.push(inner);
      }
    }
  }
}
