/** The read cache of each run, and the store on disk that all runs share. */
import type { FileTree, Waiting } from "#base";
import { createPieceStore, createReadCache } from "#vfs";
import type { PieceFile } from "#vfs";

/** The read cache of one run. */
export interface RunCache {
  /** A view of the tree that reads through the cache. */
  open(tree: FileTree): NearTree;
}

/** A tree that can also read into an array of the caller's. */
export interface NearTree extends FileTree {
  /** Fills the array with bytes from `offset`, or up to the file's end. @returns the number of bytes read */
  copy(path: string, offset: number, to: Uint8Array, options?: Waiting): Promise<number>;
}

/** Opens a cache for a run. */
export type RunCaches = (limitBytes: number) => RunCache;

/** The size of an image's blocks, so that a piece costs no more than one block. */
const PIECE_BYTES = 256 * 1024;
/** How far to read ahead: the page takes milliseconds for each piece, so many are requested at a time. */
const AHEAD_BYTES = 4 * 1024 * 1024;
/** Bytes of one request: four blocks of an image take hardly longer to arrive than one. */
const GROUP_BYTES = 1024 * 1024;
/** Bytes kept on disk, for all runs together. */
const STORE_BYTES = 512 * 1024 * 1024;

/**
 * Only this thread can write to caches and store. With memory or a file that a cell can write to, the cell could change
 * what another one reads.
 *
 * @param openFile creates a file with an exclusive lock; without it, nothing is kept from one run to the next
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
          read: async (...range) => cached.read(...range),
          copy: async (...range) => cached.copy(...range),
        };
      },
    };
  };
}

/** Reads into the array, without an intermediate copy if the tree supports it. */
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
