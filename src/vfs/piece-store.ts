/**
 * Pieces of trees on disk, for as long as the thread lives: what any run has fetched and verified is not fetched again.
 *
 * Trees with the same id have the same contents, so an id, a path and an index identify a piece. The oldest pieces are
 * replaced when the limit is reached.
 */

export interface PieceStore {
  /** Whether the piece is stored. */
  has(piece: PieceName): boolean;
  /**
   * Copies bytes of a stored piece, from `offset` on. Returns false when the file can no longer be read: all pieces are
   * forgotten then, and the next one begins a new file.
   */
  copy(piece: PieceName, offset: number, to: Uint8Array): boolean;
  /** Stores a piece, unless the file is not open yet or the disk is full; the bytes are lent. */
  keep(piece: PieceName, bytes: Uint8Array): void;
}

export interface PieceName {
  readonly id: string;
  readonly path: string;
  readonly index: number;
}

/** A file that only this thread can write to, so its contents are not verified again. Disposing closes it. */
export interface PieceFile extends Disposable {
  /** Fills the array from `offset` on. @throws {Exception} `failed` when the file ends before */
  read(to: Uint8Array, offset: number): void;
  /** Writes all of the bytes. @throws {Exception} `overloaded` when there is no room */
  write(bytes: Uint8Array, offset: number): void;
}

export interface PieceStoreOptions {
  /** Called for the first piece, and again after the file was lost, as when the visitor clears the origin's data. */
  readonly open: () => Promise<PieceFile>;
  readonly pieceBytes: number;
  /** The most that it takes of the disk. */
  readonly limitBytes: number;
}

/** The number of times that a lost file is replaced by a new one. */
const LOST_LIMIT = 8;

export function createPieceStore({ open, pieceBytes, limitBytes }: PieceStoreOptions): PieceStore {
  const limit = Math.floor(limitBytes / pieceBytes);
  /** Offset of each piece in the file, by key; the oldest first. */
  const offsets = new Map<string, number>();
  let opening: Promise<void> | undefined;
  let file: PieceFile | undefined;
  let isFull = false;
  let lost = 0;

  const openFile = async (): Promise<void> => {
    try {
      file = await open();
    } catch {
      // Without a file, every piece is fetched each time.
      isFull = true;
    }
  };
  const loseFile = (): void => {
    file?.[Symbol.dispose]();
    file = undefined;
    offsets.clear();
    // A file that is lost again and again means that the disk fails.
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
        // Stored pieces stay readable; the offset that was taken stays unused.
        isFull = true;
      }
    },
  };
}

function toKey({ id, path, index }: PieceName): string {
  return `${index} ${id} ${path}`;
}
