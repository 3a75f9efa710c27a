/** What a cell's files have become, told by what is not as it was. */
import type { Waiting } from "./duplex.ts";
import type { Eventually } from "./eventually.ts";
import type { TreeEntry } from "./tree.ts";

/** What stands at a path: something new, or what a volume has at a path of its own, with all that is below. */
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
   * @throws {Exception} `failed` when the file was changed since, or what it was made from cannot be had.
   */
  read(
    path: string,
    offset: number,
    lengthBytes: number,
    options?: Waiting,
  ): Eventually<Uint8Array>;
}
