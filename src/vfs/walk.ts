/** Resolves paths; neither `..` nor a link leads out of the directory that a path starts from. */
import type { FileRefusal } from "#base";
import { encodeText } from "#base";
import { lookUp } from "./node.ts";
import type { DirectoryNode, Node } from "./node.ts";

/** Where a path leads. */
export interface Place {
  /** The directory that contains the name; `undefined` when no name leads to the node, as for `.` and `..`. */
  readonly directory: DirectoryNode | undefined;
  readonly name: string;
  /** The node with that name; `undefined` when only this last name does not exist. */
  readonly node: Node | undefined;
  /** The path ended with a slash, so the node must be a directory. */
  readonly slash: boolean;
  /** Number of links that were followed. */
  readonly links: number;
}

/**
 * When to follow a link at the end of a path: always, only before a trailing slash, or never. With "never", the caller must
 * refuse a trailing slash after anything but a directory.
 */
export type Follow = "always" | "before-slash" | "never";

/** As many as Linux follows in one lookup. */
const LINK_LIMIT = 40;
const NAME_LIMIT_BYTES = 255;
const PATH_LIMIT_BYTES = 4096;
const SLASH = 47;

/** @param root where absolute links begin in lookups that start there; other lookups refuse absolute links */
export function walk(
  root: DirectoryNode,
  start: DirectoryNode,
  path: string,
  follow: Follow,
): Place | FileRefusal {
  if (path === "") return "no-entry";
  if (path.includes("\0")) return "invalid";
  if (path.startsWith("/")) return "not-permitted";
  if (path.length > PATH_LIMIT_BYTES && !hasLongName(path)) return "name-too-long";
  const above: DirectoryNode[] = [start];
  let slash = path.endsWith("/");
  let links = 0;
  // The place so far, in variables: an object for each name would be most of the garbage of a lookup.
  let parent: DirectoryNode | undefined;
  let lastName = "";
  let reached: Node | undefined = start;
  // The rest of the path is `text` from `at` on: a list of its names would cost more than everything else.
  let text = path;
  for (let at = skipSlashes(text, 0); at < text.length; at = skipSlashes(text, at)) {
    const found = text.indexOf("/", at);
    const end = found === -1 ? text.length : found;
    const name = text.slice(at, end);
    at = end;
    const directory = above.at(-1);
    if (directory === undefined) return "not-permitted";
    // A name follows something that does not exist, or is not a directory.
    if (reached === undefined) return "no-entry";
    if (reached.type !== "directory") return "not-directory";
    if (name === "." || name === "..") {
      if (name === "..") above.pop();
      const now = above.at(-1);
      if (now === undefined) return "not-permitted";
      parent = undefined;
      lastName = "";
      reached = now;
      continue;
    }
    const node = lookUp(directory, name);
    if (typeof node === "string") return node;
    // Images may have longer names than cells can create, and every name that a directory lists can be opened.
    if (node === undefined && isLong(name)) return "name-too-long";
    parent = directory;
    lastName = name;
    reached = node;
    if (node?.type === "directory") {
      above.push(node);
      continue;
    }
    if (node?.type !== "link") continue;
    const isLast = skipSlashes(text, at) === text.length;
    if (isLast && (follow === "never" || (follow === "before-slash" && !slash))) {
      continue;
    }
    if (++links > LINK_LIMIT) return "loop";
    if (node.target.startsWith("/")) {
      if (start !== root) return "not-permitted";
      above.length = 1;
    }
    parent = undefined;
    lastName = "";
    reached = above.at(-1);
    if (isLast && node.target.endsWith("/")) slash = true;
    text = node.target + text.slice(at);
    at = 0;
  }
  if (slash && reached !== undefined && reached.type !== "directory") {
    if (follow !== "never") return "not-directory";
    // Callers that do not follow links report a broken one themselves; a link out of the tree is refused here.
    if (walk(root, start, path, "always") === "not-permitted") return "not-permitted";
  }
  return { directory: parent, name: lastName, node: reached, slash, links };
}

/** Index at which the next name begins, or the text ends. */
function skipSlashes(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SLASH) at++;
  return at;
}

function isLong(name: string): boolean {
  return name.length > NAME_LIMIT_BYTES / 3 && encodeText(name).length > NAME_LIMIT_BYTES;
}

/** With such a name a path may exceed the limit: each name either exists in an image, or is refused by itself. */
function hasLongName(path: string): boolean {
  return path.split("/").some(isLong);
}
