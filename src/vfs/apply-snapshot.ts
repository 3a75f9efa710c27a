/** Applies a snapshot of one cell's files to another cell's; both must have begun with the same tree. */
import { indexChildren } from "#base";
import type { EventualTree, FileRefusal, Snapshot, SnapshotEntry, Waiting } from "#base";
import { createFileService } from "./file-service.ts";
import type { FileService } from "./file-service.ts";
import type { Files } from "./files.ts";
import { joinPath } from "./node.ts";

const PIECE_BYTES = 1024 * 1024;

/**
 * Applies the changes in a snapshot of `tree`. Takes time in proportion to the changes; moved entries are copied.
 *
 * @param files over the same tree, unchanged
 * @returns the refusal that stopped it halfway, if any
 * @throws {Exception} when contents are unavailable
 */
export async function applySnapshot(
  snapshot: Snapshot,
  tree: EventualTree,
  files: Files,
  options: Waiting,
): Promise<FileRefusal | undefined> {
  const service = createFileService(files);
  const names = indexChildren(snapshot.entries);
  // Parents before their children.
  const changed = [...snapshot.entries].filter(([, { type }]) => type === "directory");
  for (const [path] of changed.toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const kept = names.get(path) ?? [];
    const refusal = requireDirectory(service, path) ?? removeOthers(service, path, new Set(kept));
    if (refusal !== undefined) return refusal;
    for (const name of kept) {
      const child = joinPath(path, name);
      const entry = snapshot.entries.get(child);
      const failed = entry && (await apply(child, entry));
      if (failed !== undefined) return failed;
    }
  }
  return undefined;

  async function apply(path: string, entry: SnapshotEntry): Promise<FileRefusal | undefined> {
    if (entry.type === "directory") return undefined; // the loop above handles it
    if (entry.type === "link") return replaceByLink(path, entry.target);
    if (entry.type === "kept") return entry.path === path ? undefined : copyKept(entry.path, path);
    return write(path, entry.sizeBytes, (offset, length) =>
      snapshot.read(path, offset, length, options),
    );
  }

  function replaceByLink(path: string, target: string): FileRefusal | undefined {
    const refusal = service.remove(path);
    return refusal === undefined || refusal === "no-entry"
      ? files.createLink(files.root, path, target)
      : refusal;
  }

  async function copyKept(from: string, path: string): Promise<FileRefusal | undefined> {
    const entry = tree.entries.get(from);
    if (entry === undefined) return "no-entry";
    if (entry.type === "link") return replaceByLink(path, entry.target);
    if (entry.type === "file") {
      return write(path, entry.sizeBytes, (offset, length) =>
        tree.read(from, offset, length, options),
      );
    }
    // The tree's own directory at the path has other entries.
    const removed = service.remove(path);
    if (removed !== undefined && removed !== "no-entry") return removed;
    const refusal = service.makeDirectory(path);
    if (refusal !== undefined) return refusal;
    for (const name of indexChildren(tree.entries).get(from) ?? []) {
      const failed = await copyKept(joinPath(from, name), joinPath(path, name));
      if (failed !== undefined) return failed;
    }
    return undefined;
  }

  async function write(
    path: string,
    sizeBytes: number,
    read: (offset: number, lengthBytes: number) => Promise<Uint8Array> | Uint8Array,
  ): Promise<FileRefusal | undefined> {
    const found = service.stat(path, false);
    if (typeof found === "object" && found.type !== "file") {
      const refusal = service.remove(path);
      if (refusal !== undefined) return refusal;
    }
    const upload = service.write(path);
    if (typeof upload === "string") return upload;
    using owned = upload;
    for (let at = 0; at < sizeBytes;) {
      const bytes = await read(at, Math.min(PIECE_BYTES, sizeBytes - at));
      if (bytes.length === 0) break;
      const refusal = await owned.write(bytes, options);
      if (refusal !== undefined) return refusal;
      at += bytes.length;
    }
    const done = owned.commit();
    return typeof done === "string" ? done : undefined;
  }
}

/** Ensures that there is a directory at the path, replacing anything else. */
function requireDirectory(service: FileService, path: string): FileRefusal | undefined {
  const found = service.stat(path, false);
  if (typeof found === "object" && found.type === "directory") return undefined;
  if (typeof found === "object") {
    const refusal = service.remove(path);
    if (refusal !== undefined) return refusal;
  } else if (found !== "no-entry") return found;
  return service.makeDirectory(path);
}

function removeOthers(
  service: FileService,
  path: string,
  kept: ReadonlySet<string>,
): FileRefusal | undefined {
  const items = service.list(path, 1);
  if (typeof items === "string") return items;
  for (const item of items) {
    if (kept.has(item.path.slice(item.path.lastIndexOf("/") + 1))) continue;
    const refusal = service.remove(item.path);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
