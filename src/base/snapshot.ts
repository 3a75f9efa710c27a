/** A cell's files, as differences from its image and mounts. */
import type { Waiting } from "./duplex.ts";
import type { Eventually } from "./eventually.ts";
import type { TreeEntry } from "./tree.ts";

/** An entry: new content, or a reference to a subtree of a volume. */
export type SnapshotEntry =
  | TreeEntry
  | {
      readonly type: "kept";
      /** 0 is the image; the mounts follow in their order. */
      readonly volume: number;
      readonly path: string;
    };

/**
 * The files of a cell at one moment. Paths are those of a `FileTree`; the root is the empty path.
 *
 * A directory entry means that something in it has changed; all its children are entries, too. Can be cloned, except `read`.
 */
export interface Snapshot {
  readonly entries: ReadonlyMap<string, SnapshotEntry>;
  /**
   * The bytes of a file among the entries, like `EventualTree.read`.
   *
   * @throws {Exception} `failed` when the file was changed since, or its source is unavailable.
   */
  read(
    path: string,
    offset: number,
    lengthBytes: number,
    options?: Waiting,
  ): Eventually<Uint8Array>;
}
