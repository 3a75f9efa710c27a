/** Reads CAR files as they arrive, block by block; no length that they claim is trusted. */
import type { CID } from "multiformats/cid";

export interface ReadCar {
  readonly roots: readonly CID[];
  /** In the order of the file, not verified. The caller owns the bytes. */
  readonly blocks: AsyncIterable<CarBlock>;
}

export interface CarBlock {
  readonly cid: CID;
  readonly bytes: Uint8Array;
}

/** Twice the largest block that IPFS peers exchange. Memory holds at most one block and one chunk at a time. */
export const LIMIT_BLOCK_BYTES: number = 4 * 1024 ** 2;

/**
 * Reads the header of a CAR of version 1 or 2.
 *
 * @throws {Error} here and while blocks are read, when the bytes are not a CAR, end too early, or announce a header or
 * block of more than `LIMIT_BLOCK_BYTES`.
 */
export async function readCar(parts: AsyncIterable<Uint8Array>): Promise<ReadCar> {
  const { asyncIterableReader, createDecoder } = await import("@ipld/car/decoder");
  const decoder = createDecoder(boundReader(asyncIterableReader(parts)));
  const { roots } = await decoder.header();
  return { roots, blocks: own(decoder.blocks()) };
}

/** Copies blocks: the decoder gives views, and keeping one would keep everything that arrived with it. */
async function* own(blocks: AsyncIterable<CarBlock>): AsyncGenerator<CarBlock> {
  for await (const { cid, bytes } of blocks) yield { cid, bytes: bytes.slice() };
}

/** The part of the decoder's reader that it uses. */
interface Reader {
  readonly pos: number;
  upTo(length: number): Promise<Uint8Array>;
  exactly(length: number, seek?: boolean): Promise<Uint8Array>;
  seek(length: number): void;
}

/** Lengths come from the file: a negative one would make it loop for ever, a large one would fill memory. */
function boundReader(reader: Reader): Reader {
  return {
    upTo: (length) => reader.upTo(length),
    exactly(length, seek) {
      requireLength(length);
      return reader.exactly(length, seek);
    },
    seek(length) {
      requireLength(length);
      reader.seek(length);
    },
    get pos() {
      return reader.pos;
    },
  };
}

function requireLength(length: number): void {
  if (length >= 0 && length <= LIMIT_BLOCK_BYTES) return;
  throw new RangeError(
    `a part of it claims ${length} bytes, and ${LIMIT_BLOCK_BYTES} is the limit`,
  );
}
