/** A file read from front to back; the image's bytes are fetched in pieces, on demand. */
import { createNotice, Exception, requireLimit, toException } from "#base";
import type { FileRefusal, Waiting } from "#base";
import type { FileNode } from "./node.ts";

/**
 * Each read sees the file as it is at that moment, with all earlier writes, truncations and appends; the end moves when
 * the file grows.
 */
export interface FileSource extends Disposable {
  /** Whether `take` would return bytes, the end or an error now; if not, starts fetching the missing bytes. */
  readonly available: boolean;
  /**
   * The bytes available now, at most `limitBytes`; empty when there are none yet, and at the end.
   *
   * They are lent until the cell's next call: they may lie in a page that is changed or evicted.
   *
   * @throws {Exception} when the bytes are unavailable
   */
  take(limitBytes: number): Uint8Array;
  /** Whether every byte that the file has now was taken, or the source was disposed. */
  readonly ended: boolean;
  /** Resolves when `available`. */
  ready(options?: Waiting): Promise<void>;
  /** The error code, once it has failed. */
  readonly failure: FileRefusal | undefined;
}

/** The longest read-ahead: small reads, as libc makes them, share one request to the tree, or one cache lookup. */
const PIECE_BYTES = 64 * 1024;
/** The first read-ahead: random access needs no more. Each further one is twice as long. */
const FIRST_BYTES = 4 * 1024;
const NONE = new Uint8Array(0);

/** The bytes of a file from `offset` on; an offset past the end is the end. */
export function createFileSource({ content, volume }: FileNode, offset: number): FileSource {
  const notice = createNotice();
  const stop = new AbortController();
  let position = offset;
  /** Bytes read ahead, as of `pieceVersion`; the image's among them stay valid when the file changes. */
  let piece: Uint8Array = NONE;
  let pieceAt = 0;
  let pieceVersion = 0;
  let chargedBytes = 0;
  let aheadBytes = FIRST_BYTES;
  let fetching = false;
  let disposed = false;
  let reason: Exception | undefined;
  let failure: FileRefusal | undefined;

  const dropPiece = (): void => {
    piece = NONE;
    volume.quota.takeMemory(-chargedBytes);
    chargedBytes = 0;
  };
  /** Drops the piece, and charges for another one of that size; false when the quota refuses. */
  const charge = (bytes: number): boolean => {
    dropPiece();
    if (!volume.quota.takeMemory(bytes)) return false;
    chargedBytes = bytes;
    return true;
  };
  /** The bytes of the piece at the position, as far as they are still valid. */
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
  /** The bytes at the position that need no fetching; a smaller read than the read-ahead reads that much ahead. */
  const peek = (limitBytes: number): Uint8Array => {
    const wanted = Math.min(aheadBytes, content.sizeBytes - position);
    if (limitBytes >= wanted || fetching || !charge(wanted)) {
      return content.lendNow(position, limitBytes) ?? NONE;
    }
    aheadBytes = Math.min(aheadBytes * 2, PIECE_BYTES);
    pieceVersion = content.version;
    pieceAt = position;
    piece = content.readNow(position, wanted) ?? NONE;
    return piece.subarray(0, limitBytes);
  };
  const fail = (code: FileRefusal, error: Exception): void => {
    failure = code;
    reason = error;
  };
  const miss = (error: unknown): void => fail("io", toException(error));
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
      const state = "the files being read at the same time need more memory than it may have";
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
    } catch (error) {
      miss(error);
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
        held.length > 0 ? held : (content.lendHeld(position, limitBytes) ?? peek(limitBytes));
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
