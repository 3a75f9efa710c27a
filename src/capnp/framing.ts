/**
 * The stream framing: a table of segment sizes, then the segments.
 *
 * @see https://capnproto.org/encoding.html#serialization-over-a-stream
 */
import { Exception } from "#base";

const MAX_SEGMENTS = 512;

/** The segments of one whole frame, as views. @throws {Exception} `failed` when the segment table is wrong */
export function splitFrame(frame: Uint8Array): DataView[] {
  const sizeBytes = frameSize(frame, 0);
  if (sizeBytes === undefined || sizeBytes > frame.length) {
    throw new Exception("failed", "Message is shorter than its segment table says");
  }
  const { buffer, byteOffset } = frame;
  const count = segmentCount(frame, 0);
  const segments: DataView[] = [];
  let at = byteOffset + tableSize(count);
  for (let i = 0; i < count; i++) {
    const length = uint32At(frame, 4 + 4 * i) * 8;
    segments.push(new DataView(buffer, at, length));
    at += length;
  }
  return segments;
}

/** Splits a byte stream into frames. */
export interface Deframer {
  /**
   * Takes the next chunk and returns the frames that are now complete, in order. A frame may be a view of the chunk,
   * or the chunk itself, so the chunk must not change.
   *
   * @throws {Exception} `failed` when a frame's header exceeds the limits; nothing can be read afterwards.
   */
  push(bytes: Uint8Array): Uint8Array[];
  /** Whether the stream is between frames, so that it may end here. */
  readonly clean: boolean;
}

/** @param limitBytes the largest frame that is accepted, including its segment table */
export function createDeframer(limitBytes: number): Deframer {
  // The beginning of a frame: a view of the last chunk, or of `room`.
  let held = NOTHING;
  let room = NOTHING;
  let wanted = 4;

  /** Appends to a buffer that doubles: memory grows with the bytes received, not with the size announced. */
  const gather = (bytes: Uint8Array): Uint8Array => {
    const length = held.length + bytes.length;
    if (room.length < length) {
      room = new Uint8Array(Math.max(length, Math.min(wanted, 2 * length)));
      room.set(held);
    }
    room.set(bytes, held.length);
    return room.subarray(0, length);
  };

  return {
    push(bytes) {
      const all = held.length === 0 ? bytes : gather(bytes);
      const frames: Uint8Array[] = [];
      let at = 0;
      while (all.length - at >= wanted) {
        const sizeBytes = frameSize(all, at);
        if (sizeBytes !== undefined && sizeBytes > limitBytes) {
          throw new Exception(
            "failed",
            `Message of ${sizeBytes} bytes is over the limit of ${limitBytes} bytes`,
          );
        }
        if (sizeBytes === undefined || sizeBytes > all.length - at) {
          wanted = sizeBytes ?? tableSize(segmentCount(all, at));
          break;
        }
        frames.push(sizeBytes === all.length ? all : all.subarray(at, at + sizeBytes));
        at += sizeBytes;
        wanted = 4;
      }
      // Returned frames share `room`, so a new one is used for later bytes.
      if (frames.length > 0 || held.length === 0) room = NOTHING;
      held = at === all.length ? NOTHING : all.subarray(at);
      return frames;
    },
    get clean() {
      return held.length === 0;
    },
  };
}

const NOTHING: Uint8Array = new Uint8Array(0);

/** Size of the frame at `at`; `undefined` while its table is incomplete. */
function frameSize(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length < at + 4) return undefined;
  const count = segmentCount(bytes, at);
  const table = tableSize(count);
  if (bytes.length < at + table) return undefined;
  let size = table;
  for (let i = 0; i < count; i++) size += uint32At(bytes, at + 4 + 4 * i) * 8;
  return size;
}

function segmentCount(bytes: Uint8Array, at: number): number {
  const count = uint32At(bytes, at) + 1;
  if (count > MAX_SEGMENTS) {
    throw new Exception(
      "failed",
      `Message of ${count} segments is over the limit of ${MAX_SEGMENTS}`,
    );
  }
  return count;
}

/** The table is padded to a whole word. */
function tableSize(count: number): number {
  return (4 + 4 * count + 7) & ~7;
}

/** Little-endian. Creating a DataView would cost more than the rest of this function. */
function uint32At(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  return (low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}
