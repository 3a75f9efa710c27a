/** Edits one path of a tree; the result is a snapshot that keeps everything else. */
import { Exception, indexChildren } from "#base";
import type { FileTree, Snapshot, SnapshotEntry } from "#base";

export type TreeEdit =
  | { readonly type: "makeDirectory"; readonly makesParents: boolean }
  | { readonly type: "writeFile"; readonly data: Uint8Array; readonly makesParents: boolean }
  | { readonly type: "remove"; readonly isRecursive: boolean };

/**
 * The tree after an edit; the snapshot's one volume is the tree.
 *
 * @param path names joined by slashes, without `.` and `..`, relative to the root; one slash before it is allowed
 * @throws {Exception} `failed` when the path, or the entry there, does not allow the edit.
 */
export function editTree(tree: FileTree, path: string, edit: TreeEdit): Snapshot {
  const names = parsePath(path);
  const children = indexChildren(tree.entries);
  const entries = new Map<string, SnapshotEntry>();
  const target = names.join("/");
  let parent = "";
  for (const name of names) {
    const entry = tree.entries.get(parent);
    if (entry === undefined) {
      if (edit.type === "remove" || !edit.makesParents) refuse(path, `there is no "${parent}"`);
    } else if (entry.type !== "directory") {
      refuse(path, `"${parent}" is not a directory`);
    }
    entries.set(parent, { type: "directory" });
    for (const other of children.get(parent) ?? []) {
      const kept = join(parent, other);
      if (other !== name) entries.set(kept, { type: "kept", volume: 0, path: kept });
    }
    parent = join(parent, name);
  }
  const found = tree.entries.get(target);
  switch (edit.type) {
    case "makeDirectory":
      if (found !== undefined && !(found.type === "directory" && edit.makesParents)) {
        refuse(path, "it exists");
      }
      entries.set(
        target,
        found === undefined ? { type: "directory" } : { type: "kept", volume: 0, path: target },
      );
      break;
    case "writeFile":
      if (found?.type === "directory") refuse(path, "it is a directory");
      entries.set(target, { type: "file", sizeBytes: edit.data.length });
      break;
    case "remove":
      if (found === undefined) refuse(path, "it does not exist");
      if (!edit.isRecursive && (children.get(target)?.length ?? 0) > 0) {
        refuse(path, "it is a directory with entries");
      }
      break;
    default:
      edit satisfies never;
  }
  return {
    entries,
    read(read, offset, lengthBytes) {
      if (edit.type !== "writeFile" || read !== target) refuse(read, "it has no contents");
      return edit.data.slice(offset, offset + lengthBytes);
    },
  };
}

/** `PATH_MAX` and `NAME_MAX` of Linux: importing recurses for each name of a path. */
const PATH_LENGTH = 4096;
const NAME_LENGTH = 255;
const DEPTH_LIMIT = 256;

function parsePath(path: string): readonly string[] {
  const names = path.replace(/^\//, "").split("/");
  if (path.length > PATH_LENGTH)
    refuse(path.slice(0, 100), `it has more than ${PATH_LENGTH} characters`);
  const isPlain = names.every(
    (name) => name !== "" && name !== "." && name !== ".." && !name.includes("\0"),
  );
  if (!isPlain) refuse(path, 'a path consists of names, none of them empty, "." or ".."');
  if (names.length > DEPTH_LIMIT || names.some((name) => name.length > NAME_LENGTH)) {
    refuse(
      path.slice(0, 100),
      `a path has at most ${DEPTH_LIMIT} names of at most ${NAME_LENGTH} characters`,
    );
  }
  return names;
}

function join(parent: string, name: string): string {
  return parent === "" ? name : `${parent}/${name}`;
}

function refuse(path: string, reason: string): never {
  throw new Exception("failed", `Cannot edit "${path}": ${reason}`);
}
