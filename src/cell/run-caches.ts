/** What all cells of one run read their trees through, and what is kept of trees from one run to the next. */
import type { FileTree, Waiting } from "#base";
import { createPieceStore, createReadCache } from "#vfs";
import type { PieceFile } from "#vfs";

/** What one run keeps in memory. */
export interface RunCache {
  /** The same tree; what is kept of it is not asked for again. */
  open(tree: FileTree): NearTree;
}

/** A tree that knows a shorter way than by an array of its own. */
export interface NearTree extends FileTree {
  /** Reads as many bytes as the array has into it, or up to the file's end. */
  copy(path: string, offset: number, to: Uint8Array, options?: Waiting): Promise<number>;
}

/** Opens a cache for a run. */
export type RunCaches = (limitBytes: number) => RunCache;

/** As long as a block of an image is: a piece costs no more than one block. */
const PIECE_BYTES = 256 * 1024;
/** The page takes milliseconds for each piece: so many of them are asked for at a time. */
const AHEAD_BYTES = 4 * 1024 * 1024;
/** Four blocks of an image take hardly longer to come than one. */
const GROUP_BYTES = 1024 * 1024;
/** What is kept on disk, of all runs. */
const STORE_BYTES = 512 * 1024 * 1024;

/**
 * Both are this thread's alone: memory or a file that a cell could write to would let it change what another one reads.
 *
 * @param openFile creates a file with an exclusive lock; without it, each run fetches again
 */
export function openRunCaches(openFile?: () => Promise<PieceFile>): RunCaches {
  const limits = { pieceBytes: PIECE_BYTES, limitBytes: STORE_BYTES };
  const store = openFile && createPieceStore({ open: openFile, ...limits });
  const bounds = { aheadBytes: AHEAD_BYTES, groupBytes: GROUP_BYTES, store };
  return (limitBytes) => {
    const cache = createReadCache({ pieceBytes: PIECE_BYTES, limitBytes, ...bounds });
    return {
      open(tree) {
        const cached = cache.open(tree);
        return {
          entries: tree.entries,
          id: tree.id,
          read: async (...asked) => cached.read(...asked),
          copy: async (...asked) => cached.copy(...asked),
        };
      },
    };
  };
}

/** Reads into the array, the shortest way that the tree knows. */
export async function copyFrom(
  tree: FileTree | NearTree,
  path: string,
  offset: number,
  to: Uint8Array,
  options: Waiting,
): Promise<void> {
  if ("copy" in tree) await tree.copy(path, offset, to, options);
  else to.set(await tree.read(path, offset, to.length, options));
}
