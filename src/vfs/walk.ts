/** From a path to what stands there; neither `..` nor a link leads out of the directory it starts from. */
import type { FileRefusal } from "#base";
import { encodeText } from "#base";
import { lookUp } from "./node.ts";
import type { DirectoryNode, Node } from "./node.ts";

/** Where a path leads. */
export interface Place {
  /** The directory that has the name; `undefined` when the path names a directory by `.` or `..`. */
  readonly directory: DirectoryNode | undefined;
  readonly name: string;
  /** What has the name; `undefined` when nothing has, and everything before the name is there. */
  readonly node: Node | undefined;
  /** The path ended with a slash, so only a directory will do. */
  readonly slash: boolean;
  /** How many links were followed. */
  readonly links: number;
}

/**
 * What happens to a link at the end: it is followed; only where a slash comes after it; or never, and then whoever asked
 * sees to it that only a directory stands before a slash.
 */
export type Follow = "always" | "before-slash" | "never";

/** As many as Linux follows in one lookup. */
const LINK_LIMIT = 40;
const NAME_LIMIT_BYTES = 255;
const PATH_LIMIT_BYTES = 4096;
const SLASH = 47;

/** @param root where absolute links begin, for lookups that start there; others do not follow them */
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
  // Of the place so far: an object for each name of a path would be most of the garbage that names make.
  let parent: DirectoryNode | undefined;
  let lastName = "";
  let reached: Node | undefined = start;
  // What is ahead stands in the text from `at` on: a list of its names would cost more than all else.
  let text = path;
  for (let at = skipSlashes(text, 0); at < text.length; at = skipSlashes(text, at)) {
    const found = text.indexOf("/", at);
    const end = found === -1 ? text.length : found;
    const name = text.slice(at, end);
    at = end;
    const directory = above.at(-1);
    if (directory === undefined) return "not-permitted";
    // A name after something that is not there, or is no directory.
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
    // Images may have longer names than can be made here: what a directory lists can be opened.
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

/** Where the next name begins, or the text ends. */
function skipSlashes(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === SLASH) at++;
  return at;
}

function isLong(name: string): boolean {
  return name.length > NAME_LIMIT_BYTES / 3 && encodeText(name).length > NAME_LIMIT_BYTES;
}

/** Then the path may be as long as its names make it; each of them is there, or refused by itself. */
function hasLongName(path: string): boolean {
  return path.split("/").some(isLong);
}
