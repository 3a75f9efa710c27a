/**
 * Caches pieces of trees that were read, and fetches those that are likely to be read next.
 *
 * A tree answers from another thread and from storage, and each round trip takes milliseconds. Files read in sequence are
 * read ahead; around a read of a file at random, neighbouring pieces are fetched too: they cost less than the round trip.
 */
import { after, Exception, whenAborted } from "#base";
import type { Eventually, EventualTree, Waiting } from "#base";
import type { PieceStore } from "./piece-store.ts";
import { createReadPlan } from "./read-plan.ts";
import type { ReadPlan } from "./read-plan.ts";

export interface ReadCacheOptions {
  /** Size of a piece, the unit of fetching and caching. */
  readonly pieceBytes: number;
  /** The most that is kept in memory, pieces in flight included. */
  readonly limitBytes: number;
  /** The most that is read ahead of a file. */
  readonly aheadBytes: number;
  /**
   * How much a read fetches of a file that is read at random: a piece or more; or 0 to fetch no more than is read, and not
   * cache it.
   */
  readonly groupBytes: number;
  /** Stores pieces of trees that have an id. Lent. */
  readonly store?: PieceStore | undefined;
}

export interface ReadCache {
  /** The same tree, read through the cache. */
  open(tree: EventualTree): CachedTree;
}

export interface CachedTree extends EventualTree {
  /** Fills the array from `offset` on, or up to the file's end; returns the number of bytes. */
  copy(path: string, offset: number, to: Uint8Array, options?: Waiting): Eventually<number>;
}

/** The least that a piece counts towards the limit, since it takes entries in tables, too. */
const LEAST_BYTES = 1024;
/** The most files of a tree whose pieces and read patterns are kept. */
const FILES_LIMIT = 4096;

interface CachedFile {
  readonly tree: EventualTree;
  readonly path: string;
  readonly sizeBytes: number;
  readonly plan: ReadPlan;
  readonly pieces: Map<number, Piece>;
}

/** A piece in memory, or in flight. */
interface Piece {
  readonly file: CachedFile;
  readonly index: number;
  readonly lengthBytes: number;
  bytes: Uint8Array | undefined;
  coming: Promise<Uint8Array> | undefined;
}

export function createReadCache(options: ReadCacheOptions): ReadCache {
  const { pieceBytes, limitBytes, aheadBytes, groupBytes, store } = options;
  /** Least recently used first. */
  const pieces = new Set<Piece>();
  let heldBytes = 0;

  const leave = (piece: Piece): void => {
    if (!pieces.delete(piece)) return;
    heldBytes -= Math.max(LEAST_BYTES, piece.lengthBytes);
    piece.file.pieces.delete(piece.index);
  };
  const makeRoom = (): void => {
    for (const piece of pieces) {
      if (heldBytes <= limitBytes) return;
      if (piece.coming === undefined) leave(piece);
    }
  };
  const fetch = async (piece: Piece): Promise<Uint8Array> => {
    const { file, index, lengthBytes } = piece;
    const { tree, path } = file;
    try {
      const bytes = await tree.read(path, index * pieceBytes, lengthBytes);
      requireWhole(path, bytes, lengthBytes);
      piece.bytes = bytes;
      if (tree.id !== undefined) store?.keep({ id: tree.id, path, index }, bytes);
      return bytes;
    } catch (reason) {
      // The next read tries again.
      leave(piece);
      throw reason;
    } finally {
      piece.coming = undefined;
      makeRoom();
    }
  };
  /** A piece in memory or in flight, fetched if need be; `undefined` when the store has it. */
  const demand = (file: CachedFile, index: number): Piece | undefined => {
    let piece = file.pieces.get(index);
    if (piece === undefined) {
      if (isStored(file, index)) return undefined;
      const lengthBytes = Math.min(pieceBytes, file.sizeBytes - index * pieceBytes);
      piece = { file, index, lengthBytes, bytes: undefined, coming: undefined };
      file.pieces.set(index, piece);
      heldBytes += Math.max(LEAST_BYTES, lengthBytes);
      piece.coming = fetch(piece);
      // The readers that wait for the piece receive the error.
      piece.coming.catch(() => undefined);
    }
    pieces.delete(piece);
    pieces.add(piece);
    return piece;
  };
  const isStored = ({ tree: { id }, path }: CachedFile, index: number): boolean =>
    id !== undefined && store?.has({ id, path, index }) === true;

  /** Fetches the pieces that are likely to be read after these. */
  const demandMore = (file: CachedFile, first: number, last: number, aheadEnd: number): void => {
    const until = (end: number): number => Math.ceil(Math.min(end, file.sizeBytes) / pieceBytes);
    for (let index = last + 1; index < until(aheadEnd); index++) demand(file, index);
    if (!file.plan.isScattered || groupBytes === 0) return;
    const start = Math.floor((first * pieceBytes) / groupBytes) * groupBytes;
    const end = until(start + groupBytes);
    for (let index = start / pieceBytes; index < end; index++) demand(file, index);
  };
  const read = (
    file: CachedFile,
    offset: number,
    bytes: Uint8Array,
    signal: AbortSignal | undefined,
  ): Eventually<Uint8Array> => {
    const end = offset + bytes.length;
    const aheadEnd = end + file.plan.aheadOf(offset, end);
    const first = Math.floor(offset / pieceBytes);
    const last = Math.floor((end - 1) / pieceBytes);
    if (groupBytes === 0 && file.plan.isScattered && !file.pieces.has(first)) {
      const reading = file.tree.read(file.path, offset, bytes.length, { signal });
      return after(reading, (fetched) => {
        requireWhole(file.path, fetched, bytes.length);
        bytes.set(fetched);
        return bytes;
      });
    }
    /** The part of `bytes` that a piece covers, and the offset of that part in the piece. */
    const placeOf = (index: number): [target: Uint8Array, from: number] => {
      const start = index * pieceBytes;
      const from = Math.max(offset, start);
      return [bytes.subarray(from - offset, start + pieceBytes - offset), from - start];
    };
    const copy = (index: number, piece: Uint8Array): void => {
      const [target, from] = placeOf(index);
      target.set(piece.subarray(from, from + target.length));
    };
    const missing: Promise<void>[] = [];
    // Pieces in memory are copied now: they may be evicted while others are in flight.
    for (let index = first; index <= last; index++) {
      let piece = demand(file, index);
      if (piece === undefined) {
        const [target, from] = placeOf(index);
        const name = { id: file.tree.id ?? "", path: file.path, index };
        if (store?.copy(name, from, target) === true) continue;
        // The store has just lost it.
        piece = demand(file, index);
      }
      if (piece?.bytes !== undefined) copy(index, piece.bytes);
      else if (piece?.coming !== undefined) {
        missing.push(piece.coming.then((fetched) => copy(index, fetched)));
      }
    }
    demandMore(file, first, last, aheadEnd);
    if (missing.length === 0) return bytes;
    const all = Promise.all(missing);
    return (signal === undefined ? all : orAborted(all, signal)).then(() => bytes);
  };

  return {
    open(tree) {
      /** Most recently used last. */
      const files = new Map<string, CachedFile>();
      const openFile = (path: string, sizeBytes: number): CachedFile => {
        const plan = createReadPlan(pieceBytes, aheadBytes);
        const file = files.get(path) ?? { tree, path, sizeBytes, plan, pieces: new Map() };
        files.delete(path);
        files.set(path, file);
        for (const oldest of files.keys()) {
          if (files.size <= FILES_LIMIT) break;
          for (const piece of files.get(oldest)?.pieces.values() ?? []) leave(piece);
          files.delete(oldest);
        }
        return file;
      };
      const start = (
        path: string,
        offset: number,
        lengthBytes: number,
        toTarget: (lengthBytes: number) => Uint8Array,
        { signal }: Waiting = {},
      ): Eventually<Uint8Array> => {
        signal?.throwIfAborted();
        requireCount(offset);
        requireCount(lengthBytes);
        const entry = tree.entries.get(path);
        // The tree reports the error.
        if (entry?.type !== "file") return tree.read(path, offset, lengthBytes, { signal });
        const length = Math.min(entry.sizeBytes - offset, lengthBytes);
        if (length <= 0) return toTarget(0);
        return read(openFile(path, entry.sizeBytes), offset, toTarget(length), signal);
      };
      return {
        entries: tree.entries,
        id: tree.id,
        read: (path, offset, lengthBytes, waiting) =>
          start(path, offset, lengthBytes, (length) => new Uint8Array(length), waiting),
        copy: (path, offset, to, waiting) =>
          after(
            start(path, offset, to.length, (length) => to.subarray(0, length), waiting),
            (bytes) => {
              if (bytes.buffer !== to.buffer) to.set(bytes);
              return bytes.length;
            },
          ),
      };
    },
  };
}

/** Cells pass any number. */
function requireCount(value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`Not an offset or a length in a file: ${value}`);
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const forget = whenAborted(signal, () => reject(signal.reason));
  return Promise.race([promise, aborted]).finally(forget);
}

function requireWhole(path: string, { length }: Uint8Array, lengthBytes: number): void {
  if (length === lengthBytes) return;
  throw new Exception("failed", `File "/${path}" is not as long as its index says`);
}
