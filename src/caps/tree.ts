/** File trees and snapshots as capabilities. @see capnp/owner.capnp Tree */
import { Exception } from "#base";
import type { EventualTree, FileTree, Snapshot, SnapshotEntry, Waiting } from "#base";
import type { Init } from "#capnp";
import type { Tree, TreeEntry, TreeServer } from "#schema";
import { toWireTime } from "./wire-time.ts";

/** Number of entries in one message. */
const PAGE_ENTRIES = 4096;
/** Maximum length of one read, so that an answer stays a message of moderate size. */
const LIMIT_BYTES = 4 * 1024 * 1024;
/** Concurrent reads of one file: the far side hashes the next pieces while this one copies. */
const READS = 3;

/** Serves a tree, whose index must not change. */
export function serveTree(
  tree: Pick<EventualTree, "read" | "id"> & Pick<Snapshot, "entries">,
): TreeServer {
  const listed = [...tree.entries];
  return {
    list: (from) => ({
      entries: listed.slice(from, from + PAGE_ENTRIES).map(([path, entry]) => toWire(path, entry)),
      count: listed.length,
      id: tree.id ?? "",
    }),
    async read(path, offset, lengthBytes, { signal }) {
      return {
        data: await tree.read(path, offset, Math.min(lengthBytes, LIMIT_BYTES), { signal }),
      };
    },
  };
}

/**
 * Opens the tree behind a capability, which is borrowed for as long as the tree is used.
 *
 * @throws {Exception} when its index is unavailable or invalid.
 */
export async function openTree(tree: Tree, options: Waiting = {}): Promise<FileTree> {
  const opened = await openSnapshot(tree, options);
  const entries = new Map(
    [...opened.entries].map(([path, entry]) => {
      if (entry.type === "kept")
        throw new Exception("failed", `"${path}" does not belong to the tree`);
      return [path, entry] as const;
    }),
  );
  return {
    entries,
    id: opened.id,
    read: (path, offset, lengthBytes, waiting) => opened.read(path, offset, lengthBytes, waiting),
  };
}

/** Opens a snapshot in the same way; its entries may be `kept`. */
export async function openSnapshot(
  tree: Tree,
  options: Waiting = {},
): Promise<Pick<Snapshot, "entries"> & Pick<FileTree, "read" | "id">> {
  const entries = new Map<string, SnapshotEntry>();
  let id: string | undefined;
  for (let asked = tree.list(0, options), end = 0, isWhole = false; !isWhole;) {
    using page = await asked;
    const { count, entries: listed } = page;
    end += listed.length;
    isWhole = end >= count;
    if (listed.length === 0 && !isWhole) {
      throw new Exception("failed", "A list of files ends too early");
    }
    // The far side prepares the next page while this one is read.
    if (!isWhole) asked = tree.list(end, options);
    for (const entry of listed) entries.set(entry.path, fromWire(entry));
    if (entries.size < end) throw new Exception("failed", "A list of files repeats itself");
    id = page.id === "" ? undefined : page.id;
  }
  return {
    entries,
    id,
    async read(path, offset, lengthBytes, waiting) {
      const bytes = new Uint8Array(lengthBytes);
      let next = 0;
      let end = lengthBytes;
      const readOn = async (): Promise<void> => {
        while (next < end) {
          const at = next;
          const asked = Math.min(lengthBytes - at, LIMIT_BYTES);
          next += asked;
          using results = await tree.read(path, offset + at, asked, waiting);
          const { data } = results;
          if (data.length > asked)
            throw new Exception("failed", `"${path}" returned more bytes than requested`);
          // The connection lends the data until the results are disposed.
          bytes.set(data, at);
          if (data.length < asked) end = Math.min(end, at + data.length);
        }
      };
      await Promise.all(Array.from({ length: READS }, readOn));
      return bytes.subarray(0, end);
    },
  };
}

function toWire(path: string, entry: SnapshotEntry): Init<TreeEntry> {
  const modifiedNs = "modifiedNs" in entry ? entry.modifiedNs : undefined;
  const common = { path, modifiedNs: toWireTime(modifiedNs) };
  switch (entry.type) {
    case "directory":
      return { ...common, which: "directory" };
    case "file":
      return { ...common, which: "file", file: entry.sizeBytes };
    case "link":
      return { ...common, which: "link", link: entry.target };
    case "kept":
      return { ...common, which: "kept", kept: { volume: entry.volume, path: entry.path } };
    default:
      return entry satisfies never;
  }
}

function fromWire(entry: TreeEntry): SnapshotEntry {
  const times = entry.modifiedNs < 0n ? {} : { modifiedNs: entry.modifiedNs };
  switch (entry.which) {
    case "directory":
      return { type: "directory", ...times };
    case "file":
      return { type: "file", sizeBytes: entry.file, ...times };
    case "link":
      return { type: "link", target: entry.link, ...times };
    case "kept":
      return { type: "kept", volume: entry.kept.volume, path: entry.kept.path };
    default:
      throw new Exception("failed", `"${entry.path}" is of an unknown kind`);
  }
}
