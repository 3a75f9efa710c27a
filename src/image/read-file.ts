/** Reads ranges of a file's bytes from its blocks. */
import type { Waiting } from "#base";
import type { NodeSource } from "./node-source.ts";
import type { FilePart } from "./unixfs-node.ts";

const CONCURRENCY = 16;
/** A file of 2^60 bytes in nodes with 174 links has depth 8. */
const LIMIT_DEPTH = 32;

/**
 * Exactly `length` bytes from `offset`, which must be within the file; the caller owns them.
 *
 * Reads only parts that overlap the range, so each requested block contributes at least one byte.
 *
 * @throws {SyntaxError} when a block is not part of a file, or its size differs from its parent's statement.
 */
export async function readFile(
  file: FilePart,
  offset: number,
  length: number,
  nodes: NodeSource,
  { signal }: Waiting = {},
): Promise<Uint8Array> {
  const wanted = new Uint8Array(length);
  /** @param from the position of `bytes` in the file */
  const copy = (bytes: Uint8Array, from: number): void => {
    const start = Math.max(0, offset - from);
    const end = Math.min(bytes.length, offset + length - from);
    if (start < end) wanted.set(bytes.subarray(start, end), from + start - offset);
  };
  const readPart = async (
    { cid, sizeBytes }: FilePart,
    from: number,
    depth: number,
  ): Promise<void> => {
    const node = await nodes.get(cid, { signal });
    if (node.type !== "file") throw new SyntaxError(`one of its parts is a ${node.type}`);
    requireSize(sizeBytes, node.sizeBytes, depth);
    copy(node.data, from);
    if (depth > LIMIT_DEPTH) throw new SyntaxError(`its parts are nested ${depth} deep`);
    const inner: (() => Promise<void>)[] = [];
    let at = from + node.data.length;
    for (const part of node.parts) {
      const start = at;
      at += part.sizeBytes;
      if (start < offset + length && at > offset) {
        inner.push(() => readPart(part, start, depth + 1));
      }
    }
    while (inner.length > 0) {
      await Promise.all(inner.splice(0, CONCURRENCY).map((read) => read()));
    }
  };
  if (length > 0) await readPart(file, 0, 1);
  return wanted;
}

function requireSize(stated: number, found: number, depth: number): void {
  if (stated === found) return;
  const above = depth === 1 ? "its folder" : "the node above one of its parts";
  throw new SyntaxError(`${above} says ${stated} bytes, it has ${found}`);
}
