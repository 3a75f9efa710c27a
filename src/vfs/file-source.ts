/** A file read from front to back; what is the image's comes by pieces, only when asked for. */
import { createNotice, Exception, requireLimit, toException } from "#base";
import type { FileRefusal, Waiting } from "#base";
import type { FileNode } from "./node.ts";

/**
 * A read gives what the file has when it is read: what was written, cut or appended before is seen, and the end is one
 * only until the file has grown.
 */
export interface FileSource extends Disposable {
  /** Whether `take` would give bytes, the end or an error now; if not, what it needs is fetched from here on. */
  readonly available: boolean;
  /**
   * The bytes that are there now, at most `limitBytes`; empty when there are none yet, and at the end.
   *
   * They are lent until the cell's next call: they may lie in a page that changes or leaves memory.
   *
   * @throws {Exception} why the bytes are unavailable
   */
  take(limitBytes: number): Uint8Array;
  /** Whether every byte that the file has now was taken, or this was disposed. */
  readonly ended: boolean;
  /** Resolves when `available`. */
  ready(options?: Waiting): Promise<void>;
  /** Why it gives no more bytes, once it has failed. */
  readonly failure: FileRefusal | undefined;
}

/** Small reads, as libc makes them, share one request to the tree, or one lookup in the cache. */
const PIECE_BYTES = 64 * 1024;
/** The first read-ahead: random access needs no more. Each further one doubles. */
const FIRST_BYTES = 4 * 1024;
const NONE = new Uint8Array(0);

/** The bytes of a file from `offset` on; an offset past the end is the end. */
export function createFileSource({ content, volume }: FileNode, offset: number): FileSource {
  const notice = createNotice();
  const stop = new AbortController();
  let position = offset;
  /** Bytes of the file as it was at that version; those of the image never change. */
  let piece: Uint8Array = NONE;
  let pieceAt = 0;
  let pieceVersion = 0;
  let chargedBytes = 0;
  let lookBytes = FIRST_BYTES;
  let fetching = false;
  let disposed = false;
  let reason: Exception | undefined;
  let failure: FileRefusal | undefined;

  const dropPiece = (): void => {
    piece = NONE;
    volume.quota.takeMemory(-chargedBytes);
    chargedBytes = 0;
  };
  /** Room for another piece, of so many bytes. */
  const charge = (bytes: number): boolean => {
    dropPiece();
    if (!volume.quota.takeMemory(bytes)) return false;
    chargedBytes = bytes;
    return true;
  };
  /** What the piece has at the position and is still so. */
  const ofPiece = (limitBytes: number): Uint8Array => {
    const at = position - pieceAt;
    if (at < 0 || at >= piece.length) return NONE;
    const same = pieceVersion === content.version;
    return piece.subarray(
      at,
      at + (same ? limitBytes : content.countImageBytes(position, limitBytes)),
    );
  };
  const isAvailable = (): boolean =>
    disposed || failure !== undefined || ofPiece(1).length > 0 || content.hasNow(position);
  /** What is at hand, at least so much of it as is asked for. */
  const look = (limitBytes: number): Uint8Array => {
    const wanted = Math.min(lookBytes, content.sizeBytes - position);
    if (limitBytes >= wanted || fetching || !charge(wanted)) {
      return content.lendNow(position, limitBytes) ?? NONE;
    }
    lookBytes = Math.min(lookBytes * 2, PIECE_BYTES);
    pieceVersion = content.version;
    pieceAt = position;
    piece = content.readNow(position, wanted) ?? NONE;
    return piece.subarray(0, limitBytes);
  };
  const fail = (why: FileRefusal, what: Exception): void => {
    failure = why;
    reason = what;
  };
  const miss = (what: unknown): void => fail("io", toException(what));
  const fetchPiece = (): void => {
    if (fetching || failure !== undefined || disposed) return;
    const at = position;
    const { version } = content;
    const arrive = (bytes: Uint8Array): void => {
      if (disposed) return;
      piece = bytes;
      pieceAt = at;
      pieceVersion = version;
    };
    const wanted = Math.min(PIECE_BYTES, content.sizeBytes - at);
    if (!charge(wanted)) {
      const state = "the files that are read at a time take more memory than it may have";
      return fail("insufficient-memory", new Exception("overloaded", `Cannot read on: ${state}`));
    }
    try {
      const bytes = content.read(at, wanted, { signal: stop.signal });
      if (!(bytes instanceof Promise)) return arrive(bytes);
      fetching = true;
      void bytes.then(arrive, miss).then(() => {
        fetching = false;
        notice.notify();
      });
    } catch (what) {
      miss(what);
    }
  };

  const source: FileSource = {
    get available() {
      if (isAvailable()) return true;
      fetchPiece();
      return isAvailable();
    },
    get failure() {
      return failure;
    },
    take(limitBytes) {
      requireLimit(limitBytes);
      if (disposed || !source.available) return NONE;
      const held = ofPiece(limitBytes);
      const now =
        held.length > 0 ? held : (content.lendHeld(position, limitBytes) ?? look(limitBytes));
      if (now.length === 0 && reason !== undefined) throw reason;
      position += now.length;
      if (position >= pieceAt + piece.length && !fetching) dropPiece();
      return now;
    },
    get ended() {
      return disposed || (failure === undefined && position >= content.sizeBytes);
    },
    async ready(options) {
      options?.signal?.throwIfAborted();
      if (!source.available && fetching) await notice.wait(options);
    },
    [Symbol.dispose]() {
      if (disposed) return;
      disposed = true;
      dropPiece();
      stop.abort();
    },
  };
  return source;
}
