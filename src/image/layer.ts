/** A layer: the file tree of one UnixFS directory, index first, contents by range. */
import { concatBytes, decodeText, Exception, toMessage } from "#base";
import type { FileTree, TreeEntry, Waiting } from "#base";
import { decode } from "@ipld/dag-pb";
import { exporter } from "ipfs-unixfs-exporter";
import type { UnixFSDirectory, UnixFSEntry, UnixFSFile } from "ipfs-unixfs-exporter";
import type { CID } from "multiformats/cid";
import { cacheBlocks } from "./block-cache.ts";
import type { BlockSource } from "./block-source.ts";

/** What a name in a directory of UnixFS leads to. */
export interface TreeLink {
  readonly cid: CID;
  /** Of all blocks below, as a link tells it: `Tsize`. */
  readonly totalBytes: number;
}

/** A tree that was made from blocks. */
export interface LinkedTree extends FileTree {
  /** The blocks of what stands at the path; `undefined` when nothing does, or several layers meet there. */
  linkOf(path: string): TreeLink | undefined;
}

export interface LayerOptions extends Waiting {
  /** Called as the index grows. */
  readonly onProgress?: ((progress: { readonly entries: number }) => void) | undefined;
}

/** More names than an honest image has: a small DAG can describe billions of them. */
const LIMIT_ENTRIES = 200_000;
const CONCURRENCY = 16;
const CACHED_BLOCKS = 16;
const RAW = 0x55;

/** Where the bytes of a file are: its root node, or the CID of its only block. */
type Content = UnixFSFile | CID;

interface Child {
  readonly path: string;
  readonly cid: CID;
  /** What the directory says; true for a file of one raw block only. */
  readonly size: number;
}

/**
 * The tree below a UnixFS directory, plain or sharded. Reads all directories now, and the root node of larger files.
 *
 * @throws {Exception} `failed` when the root is no directory, a name cannot stand in a tree, or a node is no UnixFS.
 * @throws {Exception} as the source does, when a block cannot be had.
 */
export async function openLayer(
  root: CID,
  blocks: BlockSource,
  { signal, onProgress }: LayerOptions = {},
): Promise<LinkedTree> {
  const cached = cacheBlocks(blocks, CACHED_BLOCKS);
  const entries = new Map<string, TreeEntry>([["", { type: "directory" }]]);
  const contents = new Map<string, Content>();
  const links = new Map<string, TreeLink>();
  const top = await openNode(root, root, "", cached, signal);
  if (top.type !== "directory") {
    throw cannotOpen(root, "it is a single file, an image is a folder");
  }

  links.set("", { cid: root, totalBytes: countBytes(await cached.get(root, { signal })) });
  const directories: [string, UnixFSDirectory][] = [["", top]];
  while (directories.length > 0) {
    const listed = await Promise.all(
      directories
        .splice(0, CONCURRENCY)
        .map(([path, directory]) => listChildren(root, path, directory, signal)),
    );
    const children = listed.flat();
    if (entries.size + children.length > LIMIT_ENTRIES) {
      throw cannotOpen(root, `it holds more than ${LIMIT_ENTRIES} names`);
    }
    while (children.length > 0) {
      const opened = children.splice(0, CONCURRENCY).map(async (child) => ({
        child,
        node:
          child.cid.code === RAW
            ? undefined
            : await openNode(root, child.cid, child.path, cached, signal),
      }));
      for (const { child, node } of await Promise.all(opened)) {
        const { path } = child;
        if (entries.has(path)) throw cannotOpen(root, `the name "${path}" occurs twice`);
        entries.set(path, toEntry(root, child, node));
        links.set(path, { cid: child.cid, totalBytes: child.size });
        if (node === undefined) contents.set(path, child.cid);
        else if (node.type === "file") contents.set(path, node);
        else if (node.type === "directory") directories.push([path, node]);
      }
      onProgress?.({ entries: entries.size });
    }
  }

  return {
    entries,
    linkOf: (path) => links.get(path),
    async read(path, offset, lengthBytes, options) {
      options?.signal?.throwIfAborted();
      const entry = entries.get(path);
      const content = contents.get(path);
      if (entry?.type !== "file" || content === undefined) {
        throw new Exception("failed", `Cannot read "${path}": there is no file of that name`);
      }
      const length = Math.min(lengthBytes, entry.sizeBytes - offset);
      if (length <= 0) return new Uint8Array(0);
      if ("content" in content) return readNode(root, path, content, offset, length, options);
      const block = await cached.get(content, options);
      if (block.length !== entry.sizeBytes) {
        const found = `its folder says ${entry.sizeBytes} bytes, it has ${block.length}`;
        throw new Exception("failed", `Cannot read "${path}": ${found}`);
      }
      return block.slice(offset, offset + length);
    },
  };
}

/** Of a directory's block and all that is below it. */
function countBytes(block: Uint8Array): number {
  return decode(block).Links.reduce((sum, { Tsize = 0 }) => sum + Tsize, block.length);
}

async function openNode(
  root: CID,
  cid: CID,
  path: string,
  blocks: BlockSource,
  signal: AbortSignal | undefined,
): Promise<UnixFSEntry> {
  const blockstore = {
    async *get(wanted: CID, options?: { signal?: AbortSignal }) {
      yield await blocks.get(wanted, options);
    },
  };
  try {
    return await exporter(cid, blockstore, toOptions(signal));
  } catch (reason) {
    throw toFailure(root, path, reason, signal);
  }
}

async function listChildren(
  root: CID,
  parent: string,
  directory: UnixFSDirectory,
  signal: AbortSignal | undefined,
): Promise<Child[]> {
  const children: Child[] = [];
  try {
    for await (const { name, cid, size } of directory.entries(toOptions(signal))) {
      if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) {
        throw cannotOpen(root, `it has a file of the unusable name ${JSON.stringify(name)}`);
      }
      children.push({ path: parent === "" ? name : `${parent}/${name}`, cid, size: Number(size) });
      if (children.length > LIMIT_ENTRIES) break;
    }
  } catch (reason) {
    throw toFailure(root, parent, reason, signal);
  }
  return children;
}

function toEntry(root: CID, { path, size }: Child, node: UnixFSEntry | undefined): TreeEntry {
  if (node === undefined) return { type: "file", sizeBytes: size };
  if (node.type === "directory") return { type: "directory" };
  if (node.type !== "file") throw cannotOpen(root, `"${path}" is neither a file nor a folder`);
  if (node.unixfs.type === "symlink") {
    return { type: "link", target: decodeText(node.unixfs.data ?? new Uint8Array()) };
  }
  const sizeBytes = Number(node.size);
  if (!Number.isSafeInteger(sizeBytes)) {
    throw cannotOpen(root, `"${path}" claims to be ${node.size} bytes long`);
  }
  return { type: "file", sizeBytes };
}

async function readNode(
  root: CID,
  path: string,
  file: UnixFSFile,
  offset: number,
  length: number,
  options: Waiting | undefined,
): Promise<Uint8Array> {
  try {
    const parts: Uint8Array[] = [];
    for await (const part of file.content({ offset, length, ...toOptions(options?.signal) })) {
      parts.push(part);
    }
    // A lone part may be a view of a cached block; the caller owns what it gets.
    return parts.length === 1 ? concatBytes(parts).slice() : concatBytes(parts);
  } catch (reason) {
    throw toFailure(root, path, reason, options?.signal);
  }
}

function toOptions(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function cannotOpen(root: CID, state: string): Exception {
  return new Exception("failed", `Cannot open image "${root.toString()}": ${state}`);
}

/** What the source threw, and cancellation, pass as they are; what the exporter found gets the place it was found at. */
function toFailure(
  root: CID,
  path: string,
  reason: unknown,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (reason instanceof Exception) return reason;
  const place = path === "" ? "its root" : `"${path}"`;
  const failure = cannotOpen(root, `${place} is no UnixFS file or folder: ${toMessage(reason)}`);
  failure.cause = reason;
  return failure;
}
