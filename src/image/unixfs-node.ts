/** Decodes UnixFS nodes: blocks of files, directories and links. */
import { decodeText, splitLinks } from "#base";
import { decode } from "@ipld/dag-pb";
import type { PBLink } from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import type { CID } from "multiformats/cid";

/** A part of a file, below a node. */
export interface FilePart {
  readonly cid: CID;
  readonly sizeBytes: number;
}

export type UnixfsNode = UnixfsContent & {
  /** Modification time in nanoseconds since 1970; most images have none. */
  readonly modifiedNs: bigint | undefined;
  /** Length of the block, of which the links and the data are views. */
  readonly blockBytes: number;
};

type UnixfsContent =
  | { readonly type: "directory"; readonly links: readonly PBLink[] }
  /** A part of a large directory; the first `digits` characters of each link's name are not part of the entry's name. */
  | { readonly type: "shard"; readonly links: readonly PBLink[]; readonly digits: number }
  /** The bytes in the node, followed by those of the parts; empty parts are left out. */
  | {
      readonly type: "file";
      readonly sizeBytes: number;
      readonly data: Uint8Array;
      readonly parts: readonly FilePart[];
    }
  | { readonly type: "link"; readonly target: string };

const DAG_PB = 0x70;
const LIMIT_FANOUT = 1024n;
/** `PATH_MAX` of Linux. */
const LIMIT_TARGET = 4096;

/**
 * Decodes a block, up to 4096 links at a time.
 *
 * @param turn called with the number of links decoded; may wait, and throw
 * @throws {SyntaxError} when the block is not a UnixFS node, with the reason.
 * @throws {Exception} `failed` when it has too many links.
 * @see https://specs.ipfs.tech/unixfs/
 */
export async function decodeNode(
  cid: CID,
  block: Uint8Array,
  turn: (links: number) => Promise<void>,
): Promise<UnixfsNode> {
  if (cid.code !== DAG_PB) throw new SyntaxError(`its codec is 0x${cid.code.toString(16)}`);
  const links: PBLink[] = [];
  let data: Uint8Array | undefined;
  for (const part of splitLinks(cid, block)) {
    const node = decode(part);
    data ??= node.Data;
    for (const link of node.Links) links.push(link);
    await turn(node.Links.length);
  }
  if (data === undefined) throw new SyntaxError("it has no data");
  const unixfs = UnixFS.unmarshal(data);
  const content = toContent(unixfs, links);
  return { ...content, modifiedNs: toNanoseconds(unixfs), blockBytes: block.length };
}

function toContent(unixfs: UnixFS, links: readonly PBLink[]): UnixfsContent {
  switch (unixfs.type) {
    case "directory":
      return { type: "directory", links };
    case "hamt-sharded-directory": {
      const fanout = unixfs.fanout ?? 0n;
      if (fanout < 2n || fanout > LIMIT_FANOUT) throw new SyntaxError(`its fanout is ${fanout}`);
      return { type: "shard", links, digits: (fanout - 1n).toString(16).length };
    }
    case "file":
    case "raw":
      return toFile(unixfs, links);
    case "symlink":
      return { type: "link", target: toTarget(unixfs) };
    default:
      throw new SyntaxError(`it is of type "${unixfs.type}"`);
  }
}

/** The limit is checked in bytes, since a text has at least as many bytes as characters. */
function toTarget({ data = new Uint8Array() }: UnixFS): string {
  if (data.length > LIMIT_TARGET) {
    throw new SyntaxError(`it links to a path of more than ${LIMIT_TARGET} bytes`);
  }
  return decodeText(data);
}

/** Cells cannot represent times before 1970. */
function toNanoseconds({ mtime }: UnixFS): bigint | undefined {
  if (mtime === undefined || mtime.secs < 0n) return undefined;
  return mtime.secs * 1_000_000_000n + BigInt(mtime.nsecs ?? 0);
}

function toFile(
  { data = new Uint8Array(), blockSizes }: UnixFS,
  links: readonly PBLink[],
): UnixfsContent {
  if (blockSizes.length !== links.length) {
    throw new SyntaxError(`it states ${blockSizes.length} sizes for ${links.length} parts`);
  }
  let sizeBytes = data.length;
  const parts: FilePart[] = [];
  for (const [at, { Hash: cid }] of links.entries()) {
    const part = Number(blockSizes[at]);
    sizeBytes += part;
    if (part > 0) parts.push({ cid, sizeBytes: part });
  }
  if (!Number.isSafeInteger(sizeBytes)) throw new SyntaxError(`it claims ${sizeBytes} bytes`);
  return { type: "file", sizeBytes, data, parts };
}
