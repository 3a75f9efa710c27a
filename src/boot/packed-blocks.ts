/**
 * Small blocks in IndexedDB, hundreds to a record: writing a record takes 50 µs of the page's thread, however small it is,
 * and an image of 10 000 files has as many blocks.
 *
 * A pack is never changed. Blocks are removed by writing a new pack without them.
 */
import { concatBytes, toDigestKey } from "#base";
import { unwrap } from "idb";
import type { CID } from "multiformats/cid";
import { INDEXES, PACKS } from "./block-schema.ts";
import type { BlockConnection, BlockWriting, PackIndex } from "./block-schema.ts";

/** A block to store. */
export interface StoredBlock {
  readonly cid: CID;
  readonly bytes: Uint8Array;
}

interface Place {
  readonly pack: number;
  readonly start: number;
  readonly end: number;
}

/** Larger blocks are records of their own. */
const LIMIT_BLOCK_BYTES = 64 * 1024;
/** Size limit of a pack, which is read whole for any of its blocks. */
const LIMIT_PACK_BYTES = 512 * 1024;
const LIMIT_PACK_BLOCKS = 1024;
/** Fewer blocks are cheaper as records of their own. */
const LEAST_BLOCKS = 8;
/** Size of the LRU cache of packs. Blocks are mostly read in the order in which they were stored, so it can be small. */
const LIMIT_RECENT = 8;

/** The blocks that are worth packing. */
export function choosePacked(blocks: readonly StoredBlock[]): readonly StoredBlock[] {
  const small = blocks.filter(({ bytes }) => bytes.length <= LIMIT_BLOCK_BYTES);
  return small.length < LEAST_BLOCKS ? [] : small;
}

/** The packs as one connection knows them; packs that other tabs store are found by `refresh`. */
export class PackedBlocks {
  readonly #database: BlockConnection;
  readonly #indexes = new Map<number, PackIndex>();
  readonly #places = new Map<string, Place>();
  /** LRU cache of packs, most recently used last. */
  readonly #recent = new Map<number, Promise<Uint8Array | undefined>>();
  #lastPack = 0;

  private constructor(database: BlockConnection) {
    this.#database = database;
  }

  static async open(database: BlockConnection): Promise<PackedBlocks> {
    const packed = new PackedBlocks(database);
    await packed.refresh();
    return packed;
  }

  has(digest: string): boolean {
    return this.#places.has(digest);
  }

  /** Digests of all packed blocks, each once. */
  digests(): IteratorObject<string> {
    return this.#places.keys();
  }

  /** Reads the indexes of packs that were stored since the last call. */
  async refresh(): Promise<void> {
    const since = IDBKeyRange.lowerBound(this.#lastPack, true);
    const reading = this.#database.transaction(INDEXES);
    const [packs, indexes] = await Promise.all([
      reading.store.getAllKeys(since),
      reading.store.getAll(since),
    ]);
    packs.forEach((pack, at) => this.#learn(pack, indexes[at] as PackIndex));
  }

  /** The block's bytes, owned by the caller; `undefined` when no pack has the block any more. */
  async read(digest: string): Promise<Uint8Array | undefined> {
    for (;;) {
      const place = this.#places.get(digest);
      if (place === undefined) return undefined;
      const bytes = await this.#readPack(place.pack);
      if (bytes !== undefined) return bytes.slice(place.start, place.end);
      // Another tab has removed the pack, and may have stored its blocks in a new one.
      this.#forget(place.pack);
      await this.refresh();
    }
  }

  /** Queues writes of packs with the blocks. @returns a function to call once the transaction is done */
  write(writing: BlockWriting, blocks: readonly StoredBlock[]): () => void {
    const [packs, indexes] = [
      unwrap(writing.objectStore(PACKS)),
      unwrap(writing.objectStore(INDEXES)),
    ];
    const written = groupBlocks(blocks).map((group) => {
      let end = 0;
      const ends = group.map(({ bytes }) => (end += bytes.length));
      const index: PackIndex = { digests: group.map(({ cid }) => toDigestKey(cid)), ends };
      const added = indexes.add(index);
      const bytes = concatBytes(group.map((block) => block.bytes));
      added.onsuccess = () => packs.put(bytes, added.result);
      return { added, index };
    });
    return () => {
      for (const { added, index } of written) this.#learn(added.result as number, index);
    };
  }

  /** Queues the removal of the blocks. @returns a function to call once the transaction is done */
  async remove(writing: BlockWriting, doomed: ReadonlySet<string>): Promise<() => void> {
    const done: (() => void)[] = [];
    const [packs, indexes] = [writing.objectStore(PACKS), writing.objectStore(INDEXES)];
    for (const [pack, { digests, ends }] of this.#indexes) {
      if (!digests.some((digest) => doomed.has(digest))) continue;
      const bytes = await packs.get(pack);
      void packs.delete(pack);
      void indexes.delete(pack);
      done.push(() => this.#forget(pack));
      const rest = digests.flatMap((digest, at) =>
        doomed.has(digest) ? [] : [{ digest, start: ends[at - 1] ?? 0, end: ends[at] ?? 0 }],
      );
      if (bytes === undefined || rest.length === 0) continue;
      let end = 0;
      const index: PackIndex = {
        digests: rest.map(({ digest }) => digest),
        ends: rest.map((place) => (end += place.end - place.start)),
      };
      const added = await indexes.add(index);
      void packs.put(
        concatBytes(rest.map((place) => bytes.subarray(place.start, place.end))),
        added,
      );
      done.push(() => this.#learn(added, index));
    }
    return () => {
      for (const note of done) note();
    };
  }

  #learn(pack: number, index: PackIndex): void {
    this.#lastPack = Math.max(this.#lastPack, pack);
    this.#indexes.set(pack, index);
    let start = 0;
    index.digests.forEach((digest, at) => {
      const end = index.ends[at] ?? start;
      this.#places.set(digest, { pack, start, end });
      start = end;
    });
  }

  #forget(pack: number): void {
    const index = this.#indexes.get(pack);
    this.#indexes.delete(pack);
    this.#recent.delete(pack);
    for (const digest of index?.digests ?? []) {
      if (this.#places.get(digest)?.pack === pack) this.#places.delete(digest);
    }
  }

  #readPack(pack: number): Promise<Uint8Array | undefined> {
    const reading = this.#recent.get(pack) ?? this.#database.get(PACKS, pack);
    this.#recent.delete(pack);
    this.#recent.set(pack, reading);
    reading.catch(() => this.#recent.delete(pack));
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > LIMIT_RECENT && oldest !== undefined) this.#recent.delete(oldest);
    return reading;
  }
}

/** Divides the blocks, in their order, into groups that fit into a pack. */
function groupBlocks(blocks: readonly StoredBlock[]): readonly (readonly StoredBlock[])[] {
  const groups: StoredBlock[][] = [];
  let group: StoredBlock[] = [];
  let bytes = 0;
  for (const block of blocks) {
    const isFull =
      group.length === LIMIT_PACK_BLOCKS || bytes + block.bytes.length > LIMIT_PACK_BYTES;
    if (group.length === 0 || isFull) {
      groups.push((group = []));
      bytes = 0;
    }
    group.push(block);
    bytes += block.bytes.length;
  }
  return groups;
}
