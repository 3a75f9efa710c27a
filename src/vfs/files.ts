/**
 * What a cell finds at a path: lookups in the file tree, kept inside the directory they start from.
 *
 * Nothing here waits: the index of a tree is there at once. Writes will land in a volatile layer above the tree; until
 * then every change is refused as `read-only`.
 */
import type { FileTree, TreeEntry } from "#base";

/** Why a lookup or a change is refused, in the words of `wasi:filesystem` error codes. */
export type FileRefusal =
  | "exist"
  | "invalid"
  | "io"
  | "is-directory"
  | "loop"
  | "no-entry"
  | "not-directory"
  | "not-permitted"
  | "read-only";

/** What stands at a path, after links where they were followed; or why there is nothing to have. */
type Found =
  | { readonly type: "found"; readonly path: string; readonly entry: TreeEntry }
  | { readonly type: "refused"; readonly code: FileRefusal };

export interface Files {
  /**
   * Finds `path` starting from the directory `base`; neither `..` nor a link leads out of it.
   *
   * @param follow whether a link as the last part is followed
   */
  find(base: string, path: string, follow: boolean): Found;
  /** Names in a directory, sorted by code unit. */
  list(directory: string): readonly string[];
  /** A number that only this path has, the same for the life of the files. */
  identify(path: string): bigint;
  readonly tree: FileTree;
}

/** As many as Linux follows in one lookup. */
const LINK_LIMIT = 40;
const ROOT: TreeEntry = { type: "directory" };

/** The files of a cell over a read-only tree. */
export function createFiles(tree: FileTree): Files {
  let index: Index | undefined;
  const indexed = (): Index => (index ??= indexTree(tree));
  return {
    tree,
    find: (base, path, follow) => findIn(tree, base, path, follow),
    list: (directory) => indexed().children.get(directory) ?? [],
    identify: (path) => indexed().numbers.get(path) ?? 0n,
  };
}

function findIn(tree: FileTree, base: string, path: string, follow: boolean): Found {
  if (path === "") return refused("no-entry");
  if (path.startsWith("/")) return refused("not-permitted");
  const floor = base === "" ? 0 : base.split("/").length;
  const at = base === "" ? [] : base.split("/");
  const ahead = path.split("/").toReversed();
  let links = 0;
  let entry: TreeEntry = { type: "directory" };
  while (ahead.length > 0) {
    const name = ahead.pop();
    if (name === undefined || name === "" || name === ".") {
      if (entry.type !== "directory") return refused("not-directory");
      continue;
    }
    if (entry.type !== "directory") return refused("not-directory");
    if (name === "..") {
      if (at.length === floor) return refused("not-permitted");
      at.pop();
      continue;
    }
    at.push(name);
    const next = tree.entries.get(at.join("/"));
    if (next === undefined) return refused("no-entry");
    entry = next;
    if (next.type !== "link" || (ahead.length === 0 && !follow)) continue;
    if (++links > LINK_LIMIT) return refused("loop");
    at.pop();
    if (next.target.startsWith("/")) {
      if (floor > 0) return refused("not-permitted");
      at.length = 0;
    }
    ahead.push(...next.target.split("/").toReversed());
    entry = ROOT;
  }
  return { type: "found", path: at.join("/"), entry };
}

function refused(code: FileRefusal): Found {
  return { type: "refused", code };
}

interface Index {
  readonly children: ReadonlyMap<string, readonly string[]>;
  readonly numbers: ReadonlyMap<string, bigint>;
}

function indexTree(tree: FileTree): Index {
  const children = new Map<string, string[]>();
  const numbers = new Map<string, bigint>();
  for (const path of [...tree.entries.keys()].sort()) {
    if (path === "") continue;
    numbers.set(path, BigInt(numbers.size + 1));
    const cut = path.lastIndexOf("/");
    const parent = cut < 0 ? "" : path.slice(0, cut);
    const names = children.get(parent);
    const name = path.slice(cut + 1);
    if (names === undefined) children.set(parent, [name]);
    else names.push(name);
  }
  return { children, numbers };
}
