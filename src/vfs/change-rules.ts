/** Rules that every change must obey; each returns the refusal, or `undefined`. */
import type { FileRefusal } from "#base";
import { listNames } from "./node.ts";
import type { DirectoryNode, Node } from "./node.ts";

export function refuseChange(directory: DirectoryNode): FileRefusal | undefined {
  if (!directory.volume.writable) return "read-only";
  // An entry in a removed directory would be unreachable.
  return directory.links === 0 ? "no-entry" : undefined;
}

export function refuseDevice(node: Node, directory: DirectoryNode): FileRefusal | undefined {
  return node.volume === directory.volume ? undefined : "cross-device";
}

export function refuseRename(node: Node, target: Node | undefined): FileRefusal | undefined {
  if (isMounted(node) || isMounted(target)) return "busy";
  if (target === undefined || target === node) return undefined;
  if (node.type !== "directory") return target.type === "directory" ? "is-directory" : undefined;
  if (target.type !== "directory") return "not-directory";
  return listNames(target).length > 0 ? "not-empty" : undefined;
}

/** Only a directory can be named with a slash at the end. */
export function refuseSlash(node: Node, slash: boolean): FileRefusal | undefined {
  return slash && node.type !== "directory" ? "not-directory" : undefined;
}

/** Refuses a rename when the node is the directory or contains it: neither end of a rename may contain the other. */
export function refuseWithin<T extends FileRefusal>(
  node: Node | undefined,
  directory: DirectoryNode,
  code: T,
): T | undefined {
  return node?.type === "directory" && isWithin(directory, node) ? code : undefined;
}

function isMounted(node: Node | undefined): boolean {
  return node?.type === "directory" && node.mounted;
}

function isWithin(directory: DirectoryNode, ancestor: DirectoryNode): boolean {
  let at: DirectoryNode | undefined = directory;
  while (at !== undefined && at !== ancestor) at = at.homes.at(-1)?.directory;
  return at === ancestor;
}
