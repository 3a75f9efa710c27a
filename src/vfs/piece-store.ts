/**
 * Pieces of trees on disk, for as long as the thread lives: what was fetched and checked once is not fetched again, by
 * whichever run.
 *
 * Trees of one id have the same contents, so the id, a path and a number name a piece. The oldest go when there is no room.
 */

export interface PieceStore {
  /** Whether it has the piece. */
  has(piece: PieceName): boolean;
  /**
   * Copies bytes of a piece that it has, from `offset` on; false when its file cannot be read any more: then it has forgotten
   * all pieces, and begins a new file with the next.
   */
  copy(piece: PieceName, offset: number, to: Uint8Array): boolean;
  /** Keeps a piece, unless the file is not open yet or the disk is full; the bytes are lent. */
  keep(piece: PieceName, bytes: Uint8Array): void;
}

export interface PieceName {
  readonly id: string;
  readonly path: string;
  readonly index: number;
}

/** A file that belongs to this thread alone: what is in it is not checked again. Disposing closes it. */
export interface PieceFile extends Disposable {
  /** Fills the array from there on. @throws {Exception} `failed` when there is less */
  read(to: Uint8Array, offset: number): void;
  /** Writes all of it. @throws {Exception} `overloaded` when there is no room */
  write(bytes: Uint8Array, offset: number): void;
}

export interface PieceStoreOptions {
  /** Called when there is something to keep: once, and again when the visitor has cleared the origin's data. */
  readonly open: () => Promise<PieceFile>;
  readonly pieceBytes: number;
  /** What it takes of the disk, at most. */
  readonly limitBytes: number;
}

/** So often the file is begun anew. */
const LOST_LIMIT = 8;

export function createPieceStore({ open, pieceBytes, limitBytes }: PieceStoreOptions): PieceStore {
  const limit = Math.floor(limitBytes / pieceBytes);
  /** Where each begins, by name; the oldest first. */
  const offsets = new Map<string, number>();
  let opening: Promise<void> | undefined;
  let file: PieceFile | undefined;
  let isFull = false;
  let lost = 0;

  const openFile = async (): Promise<void> => {
    try {
      file = await open();
    } catch {
      // Everything is fetched each time then.
      isFull = true;
    }
  };
  const loseFile = (): void => {
    file?.[Symbol.dispose]();
    file = undefined;
    offsets.clear();
    // One that is lost again and again is a disk that fails.
    isFull = ++lost > LOST_LIMIT;
    opening = undefined;
  };
  const takeOffset = (): number => {
    if (offsets.size < limit) return offsets.size * pieceBytes;
    for (const [oldest, offset] of offsets) {
      offsets.delete(oldest);
      return offset;
    }
    return 0;
  };
  return {
    has: (piece) => offsets.has(toKey(piece)),
    copy(piece, offset, to) {
      const start = offsets.get(toKey(piece));
      if (file === undefined || start === undefined) return false;
      try {
        file.read(to, start + offset);
        return true;
      } catch {
        loseFile();
        return false;
      }
    },
    keep(piece, bytes) {
      const key = toKey(piece);
      if (isFull || offsets.has(key)) return;
      opening ??= openFile();
      if (file === undefined) return;
      const offset = takeOffset();
      try {
        file.write(bytes, offset);
        offsets.set(key, offset);
      } catch {
        // What is stored stays; the place that was taken is lost.
        isFull = true;
      }
    },
  };
}

function toKey({ id, path, index }: PieceName): string {
  return `${index} ${id} ${path}`;
}
