/** Encodes and imports CAR files, version 1: one root, blocks in the order of `walkDag`. */
import { concatBytes, Exception, matchesHash, readCar, requireCheckable, toMessage } from "#base";
import type { Waiting } from "#base";
import * as CarBufferWriter from "@ipld/car/buffer-writer";
import { varint } from "multiformats";
import type { CID } from "multiformats/cid";
import { createBlockSource } from "./block-source.ts";
import type { BlockSource, ReadableBlockstore } from "./block-source.ts";
import { walkDag } from "./dag.ts";
import type { Block, DagOptions } from "./dag.ts";
import type { WritableBlockstore } from "./import-tree.ts";

/**
 * Encodes the DAG below the root as a CAR: the header, the root's block, the others; deterministic.
 *
 * Blocks selected by `without` are omitted, with everything below: such a CAR extends what its receiver has.
 *
 * @throws {Exception} the source's error, while the CAR is being read.
 */
export async function* encodeCar(
  root: CID,
  blocks: BlockSource,
  options?: DagOptions,
): AsyncGenerator<Uint8Array> {
  yield encodeCarHeader(root);
  for await (const block of walkDag(root, blocks, options)) yield encodeCarBlock(block);
}

export function encodeCarHeader(root: CID): Uint8Array {
  const roots = [root];
  const length = CarBufferWriter.headerLength({ roots });
  return CarBufferWriter.createWriter(new ArrayBuffer(length), { roots }).close();
}

/** The length of `encodeCarBlock`'s output. */
export function measureCarBlock({ cid, bytes }: Block): number {
  const body = cid.bytes.length + bytes.length;
  return varint.encodingLength(body) + body;
}

export function encodeCarBlock({ cid, bytes }: Block): Uint8Array {
  const body = cid.bytes.length + bytes.length;
  const prefix = new Uint8Array(varint.encodingLength(body));
  varint.encodeTo(body, prefix);
  return concatBytes([prefix, cid.bytes, bytes]);
}

/**
 * Stores the blocks of a CAR and returns its only root. Checks every block's hash, and that the DAG is complete.
 *
 * @throws {Exception} `failed` when the bytes are not a CAR, a block does not match its CID, or one is missing.
 */
export async function importCar(
  car: AsyncIterable<Uint8Array>,
  blockstore: ReadableBlockstore & WritableBlockstore,
  options?: Waiting,
): Promise<CID> {
  const [root, ...others] = await storeBlocks(car, blockstore, options);
  if (root === undefined || others.length > 0) {
    throw new Exception(
      "failed",
      `Not an image: the CAR has ${others.length + (root ? 1 : 0)} roots`,
    );
  }
  const blocks = walkDag(root, createBlockSource(blockstore), options);
  try {
    while ((await blocks.next()).done !== true);
  } catch (reason) {
    throw new Exception("failed", `CAR is not complete: ${toMessage(reason)}`, { cause: reason });
  }
  return root;
}

async function storeBlocks(
  car: AsyncIterable<Uint8Array>,
  blockstore: WritableBlockstore,
  options: Waiting | undefined,
): Promise<readonly CID[]> {
  try {
    const { roots, blocks } = await readCar(car);
    for await (const { cid, bytes } of blocks) {
      options?.signal?.throwIfAborted();
      requireCheckable(cid);
      if (!(await matchesHash(cid.multihash, bytes))) {
        throw new Exception("failed", `Block "${cid.toString()}" does not match its hash`);
      }
      await blockstore.put(cid, bytes);
    }
    return roots;
  } catch (reason) {
    options?.signal?.throwIfAborted();
    if (reason instanceof Exception) throw reason;
    throw new Exception("failed", `Not a CAR file: ${toMessage(reason)}`, { cause: reason });
  }
}
