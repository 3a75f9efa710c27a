/** A cell's files, as differences from its image and mounts. */
import type { Waiting } from "./duplex.ts";
import type { Eventually } from "./eventually.ts";
import type { TreeEntry } from "./tree.ts";

/** An entry: new content, or a reference to a subtree of a volume. */
export type SnapshotEntry =
  | TreeEntry
  | {
      readonly type: "kept";
      /** 0 is the image, then come the mounts in their order. */
      readonly volume: number;
      readonly path: string;
    };

/**
 * The files of a cell at one moment. Paths are those of a `FileTree`; the root is the empty path.
 *
 * A directory here is one in which something changed: everything in it stands here as well. Can be cloned, but for `read`.
 */
export interface Snapshot {
  readonly entries: ReadonlyMap<string, SnapshotEntry>;
  /**
   * The bytes of a file that stands here, as `EventualTree.read`.
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
