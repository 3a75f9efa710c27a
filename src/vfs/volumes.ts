/** Assembles a cell's tree: its image, its `tmp`, its mounts. */
import { EMPTY_TREE, indexChildren } from "#base";
import type { EventualTree, Mount } from "#base";
import { createNode, enter, lookUp } from "./node.ts";
import type { DirectoryNode, Volume } from "./node.ts";
import type { Pager } from "./pager.ts";
import type { Quota } from "./quota.ts";

/** Each cell has its own, initially empty. */
const TMP: Mount<EventualTree> = { path: "tmp", tree: EMPTY_TREE };

export interface VolumesOptions {
  readonly tree: EventualTree;
  /** Whether the tree itself can be written to. */
  readonly writable: boolean;
  readonly mounts: readonly Mount<EventualTree>[];
  /** Whether there is a `tmp` apart from the tree. */
  readonly hasTmp: boolean;
  readonly quota: Quota;
  readonly pager: Pager;
  readonly nowNs: () => bigint;
}

/**
 * The root directory: the image, with the writable volumes mounted over it.
 *
 * A mount at the root replaces the image; then there is no `tmp`, only the other mounts.
 */
export function mountVolumes({
  tree: image,
  writable: imageWritable,
  mounts,
  hasTmp,
  quota,
  pager,
  nowNs,
}: VolumesOptions): DirectoryNode {
  let inos = 0n;
  let volumes = 0n;
  const open = (
    tree: EventualTree,
    writable: boolean,
    number: number | undefined,
  ): DirectoryNode => {
    let children: ReadonlyMap<string, readonly string[]> | undefined;
    const volume: Volume = {
      id: ++volumes,
      number,
      tree,
      writable,
      quota,
      pager,
      listBase: (path) => (children ??= indexChildren(tree.entries)).get(path) ?? [],
      nextIno: () => ++inos,
    };
    const content = { type: "directory", basePath: "", mounted: true } as const;
    return createNode(volume, content, writable ? nowNs() : undefined) as DirectoryNode;
  };
  let root = open(image, imageWritable, 0);
  // Parents are mounted before their children, so that a mount is not hidden by a later one above it.
  const hidden = mounts.some(({ path }) => countNames(path) === 0);
  const numbered = mounts.map((mount, at) => ({ ...mount, number: at + 1 }));
  const all = [...(hidden || !hasTmp ? [] : [{ ...TMP, number: undefined }]), ...numbered].toSorted(
    (a, b) => countNames(a.path) - countNames(b.path),
  );
  for (const { path, tree, number } of all) {
    const top = open(tree, true, number);
    const names = path.split("/").filter((name) => name !== "");
    const last = names.pop();
    if (last === undefined) root = top;
    else enter(names.reduce(openParent, root), last, top); // hides an entry with that name
  }
  // The root has no name, and cannot be removed.
  root.links = 1;
  return root;
}

function countNames(path: string): number {
  return path.split("/").filter((name) => name !== "").length;
}

/** The directory with that name; if there is none, a new and empty one, which cannot be removed. */
function openParent(directory: DirectoryNode, name: string): DirectoryNode {
  const found = lookUp(directory, name);
  if (typeof found === "object" && found.type === "directory") return found;
  const content = { type: "directory", basePath: undefined, mounted: true } as const;
  const made = createNode(directory.volume, content) as DirectoryNode;
  enter(directory, name, made);
  return made;
}
