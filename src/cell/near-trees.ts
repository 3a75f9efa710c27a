/**
 * Read-ahead of trees in memory that a cell shares with its host: the host copies the next piece of a file there, and the
 * cell makes no further call until it has read that piece.
 *
 * Each cell has a memory of its own, so what a worker writes there can be read by that worker alone.
 */
import type { EventualTree, TreeEntry } from "#base";

/** Asks the host for bytes of a file: as the answer or, if `part` is given, copied into that part of the memory. */
export interface TreeQuestion {
  readonly type: "read";
  readonly tree: number;
  readonly path: string;
  readonly offset: number;
  readonly lengthBytes: number;
  readonly part?: number;
}

/** The size of the host's cached pieces, so that an aligned part is copied from one piece. */
const PART_BYTES = 256 * 1024;
/** Number of files that can be read sequentially in turns. */
const PARTS = 4;
export const NEAR_BYTES: number = PARTS * PART_BYTES;
/** Number of remembered ends of reads; a read that starts at one of them is sequential. */
const ENDS = 16;

/** A part of the memory, and the range of a file that it holds. */
interface Part {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/**
 * Opens the cell's trees, whose reads return bytes and not promises.
 *
 * @param ask blocks until the host has answered; with a part, the answer is empty and the bytes are in the memory
 */
export function openNearTrees(
  memory: SharedArrayBuffer,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  ask: (question: TreeQuestion) => Uint8Array,
): EventualTree[] {
  /** Least recently filled first. */
  const parts = Array.from({ length: PARTS }, (_, at): Part => {
    return { file: "", start: 0, end: 0, bytes: viewPart(memory, at) };
  });
  const ends = new Set<string>();
  const note = (file: string, end: number): void => {
    ends.add(`${end} ${file}`);
    for (const oldest of ends) {
      if (ends.size <= ENDS) return;
      ends.delete(oldest);
    }
  };
  const isReadOn = (file: string, offset: number): boolean =>
    offset === 0 || ends.delete(`${offset} ${file}`);

  const fill = (tree: number, path: string, offset: number, endOfFile: number): Part => {
    const [oldest] = parts.splice(0, 1) as [Part];
    // The part counts as empty until the host has filled it, since the call may throw.
    const empty = { ...oldest, file: "", start: 0, end: 0 };
    parts.unshift(empty);
    const end = Math.min(offset + PART_BYTES, endOfFile);
    const part = oldest.bytes.byteOffset / PART_BYTES;
    ask({ type: "read", tree, path, offset, lengthBytes: end - offset, part });
    const filled = { ...oldest, file: `${tree} ${path}`, start: offset, end };
    parts.shift();
    parts.push(filled);
    return filled;
  };
  return indexes.map((entries, tree) => ({
    entries,
    read(path, offset, lengthBytes) {
      const entry = entries.get(path);
      const sizeBytes = entry?.type === "file" ? entry.sizeBytes : 0;
      const end = Math.min(offset + lengthBytes, sizeBytes);
      const file = `${tree} ${path}`;
      const known = (at: number): Part | undefined =>
        parts.find((part) => part.file === file && part.start <= at && at < part.end);
      if (offset >= end) return new Uint8Array(0);
      const readsOn = isReadOn(file, offset);
      note(file, end);
      if (!readsOn && known(offset) === undefined) {
        return ask({ type: "read", tree, path, offset, lengthBytes });
      }
      const bytes = new Uint8Array(end - offset);
      for (let at = offset; at < end;) {
        const part = known(at) ?? fill(tree, path, at, sizeBytes);
        const stop = Math.min(end, part.end);
        bytes.set(part.bytes.subarray(at - part.start, stop - part.start), at - offset);
        at = stop;
      }
      return bytes;
    },
  }));
}

/**
 * Returns, on the host's side, the part that a cell names.
 *
 * @throws {RangeError} when there is no part with that number, or it has less than `lengthBytes` of room
 */
export function requirePart(
  memory: SharedArrayBuffer,
  part: number,
  lengthBytes: number,
): Uint8Array<SharedArrayBuffer> {
  if (
    !Number.isSafeInteger(part) ||
    part < 0 ||
    part >= PARTS ||
    !(lengthBytes >= 0 && lengthBytes <= PART_BYTES)
  ) {
    throw new RangeError(`There is no part ${part} with room for ${lengthBytes} bytes`);
  }
  return viewPart(memory, part).subarray(0, lengthBytes);
}

function viewPart(memory: SharedArrayBuffer, part: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(memory, part * PART_BYTES, PART_BYTES);
}
