/**
 * The union of layers.
 *
 * Layers are stacked, base first. The last layer that has a path determines its entry. Directories merge. Between a
 * file and a directory the later one wins as a whole: a file hides everything below the directory, a directory
 * replaces the file. Nothing can be deleted. A link counts as a file and is not followed.
 *
 * Invariant: every entry's parent exists and is a directory. Sorting by path adds parents before their children,
 * because a path is greater than each of its prefixes.
 */
import { Exception } from "#base";
import type { TreeEntry } from "#base";
import type { LinkedTree } from "./layer.ts";

/** The tree of all layers, base first; contents are read from the winning layer. Without layers the tree is empty. */
export function uniteLayers(layers: readonly LinkedTree[]): LinkedTree {
  const entries = new Map<string, TreeEntry>([["", { type: "directory" }]]);
  const owners = new Map<string, LinkedTree>();
  /** Directories present in several layers. */
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
        throw new Exception("failed", `Cannot read "${path}": there is no such file`);
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

/** Handles all directories of a layer at once: 100 000 of them, one by one, would take minutes. */
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
