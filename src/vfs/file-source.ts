/** A file read from front to back as a byte source; contents come by pieces, only when asked for. */
import { createNotice, toException } from "#base";
import type { ByteSource, Exception, FileTree, Waiting } from "#base";

/** Small reads, as libc makes them, share one trip to the tree. */
const PIECE_BYTES = 64 * 1024;

/**
 * The bytes of a file from `offset` on; an offset past the end is the end.
 *
 * @param sizeBytes the size of the file in the tree's index
 */
export function createFileSource(
  tree: FileTree,
  path: string,
  offset: number,
  sizeBytes: number,
): ByteSource {
  const notice = createNotice();
  const stop = new AbortController();
  let position = offset;
  let piece: Uint8Array = new Uint8Array(0);
  let fetching = false;
  let failure: Exception | undefined;

  const fetchPiece = (): void => {
    if (fetching || failure !== undefined || piece.length > 0 || position >= sizeBytes) return;
    fetching = true;
    const lengthBytes = Math.min(PIECE_BYTES, sizeBytes - position);
    tree
      .read(path, position, lengthBytes, { signal: stop.signal })
      .then((bytes) => {
        if (bytes.length === 0) throw new Error(`File "/${path}" is shorter than its index says`);
        position += bytes.length;
        piece = bytes;
      })
      .catch((reason: unknown) => {
        failure = toException(reason);
      })
      .finally(() => {
        fetching = false;
        notice.notify();
      });
  };

  const source: ByteSource = {
    take(limitBytes) {
      if (!Number.isSafeInteger(limitBytes) || limitBytes < 1) {
        throw new RangeError(`Limit of a read is not a positive integer: ${limitBytes}`);
      }
      if (piece.length === 0) {
        if (failure !== undefined) throw failure;
        fetchPiece();
        return piece;
      }
      const bytes = piece.subarray(0, limitBytes);
      piece = piece.subarray(bytes.length);
      return bytes;
    },
    get ended() {
      return failure === undefined && piece.length === 0 && position >= sizeBytes;
    },
    async ready(options?: Waiting) {
      options?.signal?.throwIfAborted();
      fetchPiece();
      if (fetching) await notice.wait(options);
    },
    async read(limitBytes, options) {
      await source.ready(options);
      return source.ended ? undefined : source.take(limitBytes);
    },
    [Symbol.dispose]() {
      position = sizeBytes;
      piece = new Uint8Array(0);
      stop.abort();
    },
  };
  return source;
}
