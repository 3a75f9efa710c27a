/** A layer: the file tree of one UnixFS directory. Its index is read at once, contents by range. */
import { createTurns, Exception, toMessage } from "#base";
import type { FileTree, TreeEntry, Waiting } from "#base";
import { CID } from "multiformats/cid";
import { cacheBlocks } from "./block-cache.ts";
import type { BlockSource } from "./block-source.ts";
import { listDirectory } from "./list-directory.ts";
import type { DirectoryEntry, DirectoryNode } from "./list-directory.ts";
import { createNodeSource } from "./node-source.ts";
import { readFile } from "./read-file.ts";
import type { FilePart, UnixfsNode } from "./unixfs-node.ts";

/** The target of a name in a UnixFS directory. */
export interface TreeLink {
  readonly cid: CID;
  /** Size of all blocks below, as the link states: `Tsize`. */
  readonly totalBytes: number;
}

/** A tree whose entries are stored as blocks. */
export interface LinkedTree extends FileTree {
  /** The link of the entry at a path; `undefined` if there is no entry, or if several layers merge there. */
  linkOf(path: string): TreeLink | undefined;
}

export interface LayerOptions extends Waiting {
  /** Called from time to time while the index grows. */
  readonly onProgress?: ((progress: { readonly entries: number }) => void) | undefined;
}

/**
 * Limits far above honest images: a small DAG can describe billions of names and shards, and names of any length.
 */
const LIMIT_ENTRIES = 200_000;
const LIMIT_SHARDS = 200_000;
/** Each link is an entry or a shard. */
const LIMIT_LINKS = LIMIT_ENTRIES + LIMIT_SHARDS;
/** `PATH_MAX` of Linux. */
const LIMIT_PATH = 4096;
/** Total length of paths and link targets. */
const LIMIT_NAMES = 64 * 1024 ** 2;
/** Total size of directory blocks; 200 000 names take about 20 MB. */
const LIMIT_FOLDER_BYTES = 128 * 1024 ** 2;

const CONCURRENCY = 16;
const CACHED_BLOCKS = 16;
const RAW = 0x55;
/** Takes about 2 ms. */
const STEPS_PER_TURN = 256;

/** The link of one entry. CIDs are decoded on demand, since few are ever needed. */
interface StoredLink {
  readonly cidBytes: Uint8Array;
  readonly totalBytes: number;
  /** Size of a file; `undefined` for other entries. */
  readonly sizeBytes?: number;
}

interface Directory {
  readonly path: string;
  readonly node: DirectoryNode;
}

/**
 * Opens the tree of a UnixFS directory, plain or sharded. Reads all directories now, and the root nodes of larger
 * files.
 *
 * @throws {Exception} `failed` when the root is not a directory, a name or a node is malformed, or a limit is
 *   exceeded.
 * @throws {Exception} the source's error, when a block is unavailable.
 */
export async function openLayer(
  root: CID,
  blocks: BlockSource,
  { signal: caller, onProgress }: LayerOptions = {},
): Promise<LinkedTree> {
  // The first failure cancels the concurrent reads.
  const failed = new AbortController();
  const signal = caller === undefined ? failed.signal : AbortSignal.any([caller, failed.signal]);
  const nodes = createNodeSource(cacheBlocks(blocks, CACHED_BLOCKS));
  const entries = new Map<string, TreeEntry>([["", { type: "directory" }]]);
  const links = new Map<string, StoredLink>();
  const turns = createTurns(STEPS_PER_TURN);
  let shards = 0;
  let nameLength = 0;
  let folderBytes = 0;
  let folderLinks = 0;
  const addNames = (length: number): void => {
    nameLength += length;
    if (nameLength > LIMIT_NAMES) {
      throw cannotOpen(root, `its paths have more than ${LIMIT_NAMES} characters`);
    }
  };
  /** Called before the directory is listed, since pending nodes take memory. */
  const addFolder = (node: DirectoryNode): void => {
    folderBytes += node.blockBytes;
    if (folderBytes > LIMIT_FOLDER_BYTES) {
      throw cannotOpen(root, `its folders have more than ${LIMIT_FOLDER_BYTES} bytes`);
    }
    folderLinks += node.links.length;
    if (folderLinks > LIMIT_LINKS) {
      throw cannotOpen(root, `its folders have more than ${LIMIT_LINKS} links`);
    }
  };
  const failAt = (path: string, reason: unknown): unknown => {
    failed.abort(signal.aborted ? signal.reason : toFailure(root, path, reason));
    return signal.reason;
  };

  const openNode = async (cid: CID, path: string): Promise<UnixfsNode> => {
    try {
      const node = await nodes.get(cid, { signal });
      if (node.type === "directory" || node.type === "shard") addFolder(node);
      return node;
    } catch (reason) {
      throw failAt(path, reason);
    }
  };
  const openShard = async (cid: CID): Promise<UnixfsNode> => {
    if (++shards > LIMIT_SHARDS) {
      throw cannotOpen(root, `its folders have more than ${LIMIT_SHARDS} shards`);
    }
    const node = await nodes.get(cid, { signal });
    if (node.type === "shard") addFolder(node);
    return node;
  };

  /** Adds a name to the tree, and queues its directory for listing. */
  const add = (path: string, entry: DirectoryEntry, node: UnixfsNode | undefined): void => {
    if (entries.has(path)) throw cannotOpen(root, `the name "${path}" occurs twice`);
    const { size } = entry;
    // A copy: the decoded CID is a view that would keep its directory's block alive.
    const link: StoredLink = { cidBytes: entry.cid.bytes.slice(), totalBytes: size };
    const times = node?.modifiedNs === undefined ? {} : { modifiedNs: node.modifiedNs };
    if (node?.type === "directory" || node?.type === "shard") {
      links.set(path, link);
      entries.set(path, { type: "directory", ...times });
      directories.push({ path, node });
    } else if (node?.type === "link") {
      addNames(node.target.length);
      links.set(path, link);
      entries.set(path, { type: "link", target: node.target, ...times });
    } else {
      const sizeBytes = node?.sizeBytes ?? size;
      links.set(path, { ...link, sizeBytes });
      entries.set(path, { type: "file", sizeBytes, ...times });
    }
  };

  const listChildren = async ({ path: parent, node }: Directory): Promise<void> => {
    let group: DirectoryEntry[] = [];
    const toPath = ({ name }: DirectoryEntry): string =>
      parent === "" ? name : `${parent}/${name}`;
    const addGroup = async (): Promise<void> => {
      const opened = group.map((entry) => openNode(entry.cid, toPath(entry)));
      const ready = group;
      group = [];
      for (const [at, node] of (await Promise.all(opened)).entries()) {
        const entry = ready[at] as DirectoryEntry;
        add(toPath(entry), entry, node);
      }
      onProgress?.({ entries: entries.size });
    };
    try {
      for await (const listed of listDirectory(node, openShard)) {
        for (const entry of listed) {
          requireName(root, entry.name);
          if (parent.length + 1 + entry.name.length > LIMIT_PATH) {
            throw cannotOpen(root, `it has a path of more than ${LIMIT_PATH} characters`);
          }
          addNames(parent.length + 1 + entry.name.length);
          if (entries.size + group.length >= LIMIT_ENTRIES) {
            throw cannotOpen(root, `it holds more than ${LIMIT_ENTRIES} names`);
          }
          // The link gives the size of a raw block, unless the directory omits it.
          if (entry.cid.code === RAW && entry.size > 0) add(toPath(entry), entry, undefined);
          else group.push(entry);
          if (group.length === CONCURRENCY) await addGroup();
          const turn = turns();
          if (turn !== undefined) {
            onProgress?.({ entries: entries.size });
            await turn;
          }
          signal.throwIfAborted();
        }
      }
      await addGroup();
    } catch (reason) {
      throw failAt(parent, reason);
    }
  };

  signal.throwIfAborted();
  const top = root.code === RAW ? undefined : await openNode(root, "");
  if (top?.type !== "directory" && top?.type !== "shard") {
    throw cannotOpen(root, "it is a single file, an image is a folder");
  }
  links.set("", { cidBytes: root.bytes, totalBytes: countBytes(top) });
  const directories: Directory[] = [{ path: "", node: top }];
  while (directories.length > 0) {
    await Promise.all(directories.splice(0, CONCURRENCY).map(listChildren));
  }

  return {
    entries,
    id: root.toString(),
    linkOf(path) {
      const link = links.get(path);
      return link && { cid: CID.decode(link.cidBytes), totalBytes: link.totalBytes };
    },
    async read(path, offset, lengthBytes, options = {}) {
      options.signal?.throwIfAborted();
      const { cidBytes, sizeBytes } = links.get(path) ?? {};
      if (cidBytes === undefined || sizeBytes === undefined) {
        throw new Exception("failed", `Cannot read "${path}": there is no such file`);
      }
      const content: FilePart = { cid: CID.decode(cidBytes), sizeBytes };
      const length = Math.max(0, Math.min(lengthBytes, sizeBytes - offset));
      try {
        return await readFile(content, offset, length, nodes, options);
      } catch (reason) {
        options.signal?.throwIfAborted();
        if (reason instanceof Exception) throw reason;
        throw new Exception("failed", `Cannot read "${path}": ${toMessage(reason)}`, {
          cause: reason,
        });
      }
    },
  };
}

/** Size of a directory's block and everything below it. */
function countBytes({ links, blockBytes }: DirectoryNode): number {
  return links.reduce((sum, { Tsize = 0 }) => sum + Tsize, blockBytes);
}

function requireName(root: CID, name: string): void {
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) {
    throw cannotOpen(root, `it has a file with the unusable name ${JSON.stringify(name)}`);
  }
}

function cannotOpen(root: CID, state: string): Exception {
  return new Exception("failed", `Cannot open image "${root.toString()}": ${state}`);
}

/** Passes the source's exceptions on; adds the path to errors of decoding. */
function toFailure(root: CID, path: string, reason: unknown): Exception {
  if (reason instanceof Exception) return reason;
  const place = path === "" ? "its root" : `"${path}"`;
  const failure = cannotOpen(root, `${place} is not a UnixFS file or folder: ${toMessage(reason)}`);
  failure.cause = reason;
  return failure;
}
