/** The interface of a read-only file tree, by which images are read. */
import type { Waiting } from "./duplex.ts";
import type { Eventually } from "./eventually.ts";
import { Exception } from "./exception.ts";

/** An entry of a tree. Sizes are in bytes; a link's target is as it was written. */
export type TreeEntry = (
  | { readonly type: "directory" }
  | { readonly type: "file"; readonly sizeBytes: number }
  | { readonly type: "link"; readonly target: string }
) & {
  /** Modification time in nanoseconds since 1970, if known. */
  readonly modifiedNs?: bigint;
};

interface NamedTree {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** Trees of equal ids have the same contents for ever; `undefined` without such a guarantee. */
  readonly id?: string | undefined;
}

/**
 * A read-only tree of files. Its index is available at once; contents are read by range.
 *
 * Paths are relative, with `/` between names, without `.`, `..` or empty names; the root is the empty path and always a
 * directory. Every parent of a path is in the index.
 */
export interface FileTree extends NamedTree {
  /**
   * Up to `lengthBytes` bytes of a file from `offset`, fewer only at the end of the file. The caller owns the array.
   *
   * @throws {Exception} `failed` when there is no file at the path, or its blocks are unavailable.
   */
  read(path: string, offset: number, lengthBytes: number, options?: Waiting): Promise<Uint8Array>;
}

/** A tree that may answer at once or by a promise: what a cell reads from. Every `FileTree` is one. */
export interface EventualTree extends NamedTree {
  /** Like `FileTree.read`; throws at once if it answers at once. */
  read(
    path: string,
    offset: number,
    lengthBytes: number,
    options?: Waiting,
  ): Eventually<Uint8Array>;
}

/** A tree mounted in another one; cells can write to it. */
export interface Mount<Tree extends EventualTree = FileTree> {
  /** Path of the mount point from the root, without a leading slash; empty for the root itself. */
  readonly path: string;
  readonly tree: Tree;
}

/** Only the root directory, which is empty. */
export const EMPTY_TREE: FileTree = {
  entries: new Map([["", { type: "directory" }]]),
  async read(path) {
    throw new Exception("failed", `There is no file "${path}"`);
  },
};
