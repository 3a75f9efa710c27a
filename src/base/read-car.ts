/** CAR files as they arrive, block by block; nothing that they claim is believed before it is there. */
import type { CID } from "multiformats/cid";

export interface ReadCar {
  readonly roots: readonly CID[];
  /** In their order, not checked; the bytes are the caller's. */
  readonly blocks: AsyncIterable<CarBlock>;
}

export interface CarBlock {
  readonly cid: CID;
  readonly bytes: Uint8Array;
}

/** Twice what peers of IPFS exchange; so much and a chunk is held at a time. */
export const LIMIT_BLOCK_BYTES: number = 4 * 1024 ** 2;

/**
 * Reads the header of a CAR of version 1 or 2.
 *
 * @throws {Error} here and while blocks are read, when the bytes are no CAR, end too early, or announce a header or block
 * of more than `LIMIT_BLOCK_BYTES`.
 */
export async function readCar(parts: AsyncIterable<Uint8Array>): Promise<ReadCar> {
  const { asyncIterableReader, createDecoder } = await import("@ipld/car/decoder");
  const decoder = createDecoder(boundReader(asyncIterableReader(parts)));
  const { roots } = await decoder.header();
  return { roots, blocks: own(decoder.blocks()) };
}

/** What the decoder gives are views of what arrived: keeping one would keep it all. */
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

/** Lengths come from the file: a negative one would lead back for ever, a large one would be collected in memory. */
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
