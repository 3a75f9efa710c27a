/** The names in a UnixFS directory, plain or sharded. */
import type { CID } from "multiformats/cid";
import type { UnixfsNode } from "./unixfs-node.ts";

export type DirectoryNode = Extract<UnixfsNode, { type: "directory" | "shard" }>;

/** One entry; `size` is what the directory states, reliable only for files of one raw block, and 0 if missing. */
export interface DirectoryEntry {
  readonly name: string;
  readonly cid: CID;
  readonly size: number;
}

const CONCURRENCY = 16;

/**
 * All entries, unordered, one block's entries at a time.
 *
 * A repeated shard would put the same names in two places, so it is refused: otherwise 50 blocks could describe more
 * shards than can be visited, without a single name.
 *
 * @param openShard reads a further shard; may wait, and throws beyond a limit
 * @throws {SyntaxError} when a shard is malformed or repeated.
 * @throws {Exception} the error of `openShard`.
 */
export async function* listDirectory(
  node: DirectoryNode,
  openShard: (cid: CID) => Promise<UnixfsNode>,
): AsyncGenerator<readonly DirectoryEntry[]> {
  if (node.type === "directory") {
    yield node.links.map(({ Name: name = "", Hash: cid, Tsize: size = 0 }) => ({
      name,
      cid,
      size,
    }));
    return;
  }
  const seen = new Set<string>();
  const shards = [node];
  for (let shard = shards.pop(); shard !== undefined; shard = shards.pop()) {
    const below: CID[] = [];
    const entries: DirectoryEntry[] = [];
    for (const { Name = "", Hash, Tsize = 0 } of shard.links) {
      const name = Name.slice(shard.digits);
      if (name !== "") entries.push({ name, cid: Hash, size: Tsize });
      else if (Name.length === shard.digits) below.push(Hash);
      else throw new SyntaxError(`one of its shards has the name "${Name}"`);
    }
    yield entries;
    for (const cid of below) {
      const key = cid.toString();
      if (seen.has(key)) throw new SyntaxError(`its shard "${key}" occurs twice`);
      seen.add(key);
    }
    while (below.length > 0) {
      for (const inner of await Promise.all(below.splice(0, CONCURRENCY).map(openShard))) {
        if (inner.type !== "shard") throw new SyntaxError(`one of its shards is a ${inner.type}`);
        shards.push(inner);
      }
    }
  }
}
