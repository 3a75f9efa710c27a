/** A folder of a tree as a tree of its own. */
import type { FileTree, TreeEntry } from "#base";

/** @param path of a folder in the tree, without a slash at either end */
export function openSubtree(tree: FileTree, path: string): FileTree {
  const start = `${path}/`;
  const entries = new Map<string, TreeEntry>([["", { type: "directory" }]]);
  for (const [name, entry] of tree.entries) {
    if (name.startsWith(start)) entries.set(name.slice(start.length), entry);
  }
  return {
    entries,
    ...(tree.id !== undefined && { id: `${tree.id}/${path}` }),
    read: (name, ...range) => tree.read(start + name, ...range),
  };
}
