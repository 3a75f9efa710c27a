/** Opens one file below a root. */
import { Exception, toMessage } from "#base";
import type { Waiting } from "#base";
import type { CID } from "multiformats/cid";
import type { BlockSource } from "./block-source.ts";
import { openLayer } from "./layer.ts";
import { createNodeSource } from "./node-source.ts";
import { readFile } from "./read-file.ts";

export interface OpenedFile {
  readonly sizeBytes: number;
  /** Exactly these bytes; the range must be within the file. The caller owns the array. */
  read(offset: number, lengthBytes: number, options?: Waiting): Promise<Uint8Array>;
}

/**
 * Opens the file at a path; an empty path is the root itself.
 *
 * @throws {Exception} `failed` when there is no file, or a node is malformed; the source's error, when a block is unavailable.
 */
export async function openFile(
  root: CID,
  path: string,
  blocks: BlockSource,
  options: Waiting = {},
): Promise<OpenedFile> {
  if (path === "") return openRoot(root, blocks, options);
  const tree = await openLayer(root, blocks, options);
  const file = path.replace(/\/$/, "");
  const entry = tree.entries.get(file);
  if (entry?.type !== "file") throw new Exception("failed", `There is no file "${path}"`);
  return {
    sizeBytes: entry.sizeBytes,
    read: async (offset, lengthBytes, waiting) => tree.read(file, offset, lengthBytes, waiting),
  };
}

async function openRoot(root: CID, blocks: BlockSource, options: Waiting): Promise<OpenedFile> {
  const nodes = createNodeSource(blocks);
  try {
    const node = await nodes.get(root, options);
    if (node.type !== "file") throw new SyntaxError(`it is a ${node.type}`);
    const part = { cid: root, sizeBytes: node.sizeBytes };
    return {
      sizeBytes: node.sizeBytes,
      read: (offset, lengthBytes, waiting) => readFile(part, offset, lengthBytes, nodes, waiting),
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Exception(
      "failed",
      `Cannot read "${root.toString()}" as a file: ${toMessage(error)}`,
    );
  }
}
