/**
 * The union of layers: how several images become one tree.
 *
 * Layers are laid on each other, base first. For each path the last layer that has it says what stands there. Directories
 * merge. Where a file meets a directory the later one wins whole: a file hides everything that was below the directory, a
 * directory replaces the file. Nothing can be deleted. A link counts as a file and is not followed.
 *
 * What must never happen: an entry whose parent is missing or no directory. Parents are laid before their children, which
 * sorting by path gives, because a path is greater than each of its prefixes.
 */
import { Exception } from "#base";
import type { TreeEntry } from "#base";
import type { LinkedTree } from "./layer.ts";

/** One tree over all layers, base first; contents are read from the layer that won. No layers: an empty tree. */
export function uniteLayers(layers: readonly LinkedTree[]): LinkedTree {
  const entries = new Map<string, TreeEntry>([["", { type: "directory" }]]);
  const owners = new Map<string, LinkedTree>();
  /** Directories that several layers have a part of. */
  const merged = new Set<string>();
  for (const layer of layers) {
    if (owners.has("")) merged.add("");
    else owners.set("", layer);
    const replaced = new Set<string>();
    for (const path of [...layer.entries.keys()].sort()) {
      const entry = layer.entries.get(path);
      if (entry === undefined || path === "") continue;
      const hidden = entries.get(path);
      if (hidden?.type === "directory") {
        if (entry.type === "directory") {
          merged.add(path);
          continue;
        }
        replaced.add(path);
        merged.delete(path);
      }
      entries.set(path, entry);
      owners.set(path, layer);
    }
    if (replaced.size > 0) removeBelow(replaced, entries, owners);
  }
  return {
    entries,
    id: toId(layers),
    linkOf: (path) => (merged.has(path) ? undefined : owners.get(path)?.linkOf(path)),
    async read(path, offset, lengthBytes, options) {
      const owner = owners.get(path);
      if (owner === undefined) {
        throw new Exception("failed", `Cannot read "${path}": there is no file of that name`);
      }
      return owner.read(path, offset, lengthBytes, options);
    },
  };
}

function toId(layers: readonly LinkedTree[]): string | undefined {
  return layers.some(({ id }) => id === undefined)
    ? undefined
    : layers.map(({ id }) => id).join(" ");
}

/** In one go for all directories of a layer: 100 000 of them, one by one, would take minutes. */
function removeBelow(
  directories: ReadonlySet<string>,
  entries: Map<string, TreeEntry>,
  owners: Map<string, LinkedTree>,
): void {
  for (const path of entries.keys()) {
    for (let end = path.indexOf("/"); end !== -1; end = path.indexOf("/", end + 1)) {
      if (!directories.has(path.slice(0, end))) continue;
      entries.delete(path);
      owners.delete(path);
      break;
    }
  }
}
