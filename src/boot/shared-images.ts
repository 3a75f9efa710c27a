/** The images that this tab serves to peers: all blocks of their layers, and no others. */
import { createCidSet, Exception } from "#base";
import type { Waiting } from "#base";
import { encodeCar, walkDag } from "#image";
import type { Content, SharedBlocks } from "#net";
import type { CID } from "multiformats/cid";

export interface SharedImages extends SharedBlocks {
  /** Shares a layer. @throws {Exception} when a block of the layer is not stored here. */
  add(root: CID, options?: Waiting): Promise<void>;
  /** Stops sharing a layer; one that was added twice must be removed twice. */
  remove(root: CID): void;
}

type Members = ReturnType<typeof createCidSet>;

interface Shared {
  readonly root: CID;
  readonly members: Members;
  readonly keeping: Disposable;
  count: number;
}

/** Reads stored blocks only, since peers must not make this tab fetch. */
export function createSharedImages({ find, keep }: Pick<Content, "find" | "keep">): SharedImages {
  const shared = new Map<string, Shared>();
  const isMember = (cid: CID): boolean =>
    [...shared.values()].some(({ members }) => members.has(cid));
  const blocks = {
    async get(cid: CID, options?: Waiting): Promise<Uint8Array> {
      const bytes = await find(cid, options);
      if (bytes !== undefined) return bytes;
      throw new Exception("failed", `Block "${cid.toString()}" is not stored here`);
    },
  };
  /** Blocks for answers to peers; an answer in flight fails once its image is no longer shared. */
  const sharedBlocks = {
    async get(cid: CID, options?: Waiting): Promise<Uint8Array> {
      if (isMember(cid)) return blocks.get(cid, options);
      throw new Exception("failed", `Block "${cid.toString()}" is no longer shared`);
    },
  };
  return {
    async add(root, options) {
      const key = root.toString();
      const known = shared.get(key);
      if (known !== undefined) return void known.count++;
      const members = createCidSet();
      using stack = new DisposableStack();
      const keeping = stack.use(keep(root));
      for await (const { cid } of walkDag(root, blocks, options)) members.add(cid);
      const added = shared.get(key);
      if (added !== undefined) return void added.count++;
      shared.set(key, { root, members, keeping, count: 1 });
      stack.move();
    },
    remove(root) {
      const key = root.toString();
      const known = shared.get(key);
      if (known === undefined || --known.count > 0) return;
      shared.delete(key);
      known.keeping[Symbol.dispose]();
    },
    readDag: async (root, options) =>
      isMember(root) ? encodeCar(root, sharedBlocks, options) : undefined,
    readBlock: async (cid, options) => (isMember(cid) ? find(cid, options) : undefined),
    hasBlock: async (cid) => isMember(cid),
  };
}
