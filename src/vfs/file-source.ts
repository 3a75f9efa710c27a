/** A file read from front to back as a byte source; what is the image's comes by pieces, only when asked for. */
import { createNotice, readNext, requireLimit, toException } from "#base";
import type { ByteSource, Exception, Waiting } from "#base";
import type { FileNode } from "./node.ts";

/** Small reads, as libc makes them, share one trip to the tree. */
const PIECE_BYTES = 64 * 1024;
const NONE = new Uint8Array(0);

/** The bytes of a file from `offset` on; an offset past the end is the end. */
export function createFileSource({ content }: FileNode, offset: number): ByteSource {
  const notice = createNotice();
  const stop = new AbortController();
  let position = offset;
  let piece: Uint8Array = NONE;
  let pieceAt = 0;
  let fetching = false;
  let disposed = false;
  let failure: Exception | undefined;

  /** What is at hand at the position; `undefined` when it must be fetched. */
  const atHand = (limitBytes: number): Uint8Array | undefined => {
    if (disposed) return NONE;
    const now = content.readNow(position, limitBytes);
    if (now !== undefined) return now;
    const at = position - pieceAt;
    // What was written since then is not in the piece.
    const fetched = piece.subarray(
      at,
      at + Math.min(limitBytes, content.countImageBytes(position)),
    );
    return at >= 0 && fetched.length > 0 ? fetched : undefined;
  };
  const fetchPiece = (): void => {
    if (fetching || failure !== undefined || disposed) return;
    const at = position;
    const arrive = (bytes: Uint8Array): void => {
      piece = bytes;
      pieceAt = at;
    };
    const fail = (reason: unknown): void => {
      failure = toException(reason);
    };
    try {
      const bytes = content.read(at, PIECE_BYTES, { signal: stop.signal });
      if (!(bytes instanceof Promise)) return arrive(bytes);
      fetching = true;
      void bytes.then(arrive, fail).then(() => {
        fetching = false;
        notice.notify();
      });
    } catch (reason) {
      fail(reason);
    }
  };

  const source: ByteSource = {
    take(limitBytes) {
      requireLimit(limitBytes);
      let bytes = atHand(limitBytes);
      if (bytes === undefined) {
        fetchPiece();
        bytes = atHand(limitBytes);
      }
      if (bytes === undefined && failure !== undefined) throw failure;
      position += bytes?.length ?? 0;
      return bytes ?? NONE;
    },
    get ended() {
      return disposed || (failure === undefined && position >= content.sizeBytes);
    },
    async ready(options?: Waiting) {
      options?.signal?.throwIfAborted();
      if (atHand(1) !== undefined || failure !== undefined) return;
      fetchPiece();
      if (fetching) await notice.wait(options);
    },
    read: (limitBytes, options) => readNext(source, limitBytes, options),
    [Symbol.dispose]() {
      disposed = true;
      piece = NONE;
      stop.abort();
    },
  };
  return source;
}
