/**
 * What is in a file: pages in memory over the bytes that the image has.
 *
 * A page that is held is the whole truth about its range, and zeros stand where its array ends. A page that is not held
 * is the image's up to `#baseBytes`, and zeros after. So a write fetches at most the pages at its two ends, a hole costs
 * nothing, and truncation only lowers `#baseBytes`.
 */
import { after, concatBytes, Exception } from "#base";
import type { Eventually, EventualTree, Waiting } from "#base";
import type { Quota } from "./quota.ts";
import type { FileRefusal } from "./refusal.ts";

/** Where a file's first contents come from. */
export interface FileBase {
  readonly tree: EventualTree;
  readonly path: string;
  readonly sizeBytes: number;
}

const PAGE_BYTES = 64 * 1024;
/** The smallest array of a page: small files take little. */
const LEAST_BYTES = 256;
const SIZE_LIMIT_BYTES = 2 ** 40;
const NONE = new Uint8Array(0);

export class FileContent {
  readonly #quota: Quota;
  readonly #base: FileBase | undefined;
  readonly #pages = new Map<number, Uint8Array>();
  #baseBytes: number;
  #sizeBytes: number;

  constructor(quota: Quota, base?: FileBase) {
    this.#quota = quota;
    this.#base = base;
    this.#baseBytes = base?.sizeBytes ?? 0;
    this.#sizeBytes = this.#baseBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Bytes that are at hand, empty at the end; `undefined` when the image must be asked first. The caller owns them. */
  readNow(offset: number, limitBytes: number): Uint8Array | undefined {
    const end = Math.min(this.#sizeBytes, offset + limitBytes);
    if (offset >= end) return NONE;
    const bytes = new Uint8Array(end - offset);
    let at = offset;
    while (at < end) {
      const page = pageOf(at);
      const held = this.#pages.get(page);
      if (held === undefined && at < this.#baseBytes) {
        return at === offset ? undefined : bytes.subarray(0, at - offset);
      }
      const start = page * PAGE_BYTES;
      const stop = Math.min(end, start + PAGE_BYTES);
      if (held !== undefined) bytes.set(held.subarray(at - start, stop - start), at - offset);
      at = stop;
    }
    return bytes;
  }

  /** How many bytes from `offset` on are still the image's. */
  countImageBytes(offset: number): number {
    let stop = this.#baseBytes;
    for (let page = pageOf(offset); page * PAGE_BYTES < stop; page++) {
      if (this.#pages.has(page)) stop = page * PAGE_BYTES;
    }
    return Math.max(0, stop - offset);
  }

  /**
   * The bytes from `offset`, `lengthBytes` of them or up to the end; at once when the tree answers at once.
   *
   * @throws {Exception} as the tree does, when the image's cannot be had.
   */
  read(offset: number, lengthBytes: number, options?: Waiting): Eventually<Uint8Array> {
    return this.#readOn([], offset, offset + lengthBytes, options);
  }

  /** Whether this range can be written, whole, without asking the image. */
  isWritableNow(offset: number, lengthBytes: number): boolean {
    return this.#firstMissing(offset, offset + lengthBytes) === undefined;
  }

  /** Up to how many bytes from `offset` on can be written, also fewer, without asking the image. */
  roomNow(offset: number, limitBytes: number): number {
    let page = pageOf(offset);
    const end = offset + limitBytes;
    while (page * PAGE_BYTES < end) {
      if (!this.#pages.has(page) && page * PAGE_BYTES < this.#baseBytes) break;
      page++;
    }
    return Math.max(0, Math.min(end, page * PAGE_BYTES) - offset);
  }

  /** Fetches what a write to this range needs of the image; says why it cannot. Never throws or rejects. */
  prepare(
    offset: number,
    lengthBytes: number,
    options?: Waiting,
  ): Eventually<FileRefusal | undefined> {
    try {
      const outcome = this.#fetchMissing(offset, offset + lengthBytes, options);
      return outcome instanceof Promise ? outcome.catch(() => "io" as const) : outcome;
    } catch {
      return "io";
    }
  }

  /**
   * Writes a range that is writable now, and gives the number of bytes written: fewer than all when the quota ends
   * in between. The size grows with it.
   *
   * @throws {TypeError} when the range is not writable now.
   */
  write(offset: number, bytes: Uint8Array): number | FileRefusal {
    const end = offset + bytes.length;
    if (end > SIZE_LIMIT_BYTES) return "file-too-large";
    if (!this.isWritableNow(offset, bytes.length)) {
      throw new TypeError("A page of a file is written before the image gave it");
    }
    let at = offset;
    while (at < end) {
      const page = pageOf(at);
      const start = page * PAGE_BYTES;
      const stop = Math.min(end, start + PAGE_BYTES);
      const held = this.#grow(page, stop - start);
      if (held === undefined) break;
      held.set(bytes.subarray(at - offset, stop - offset), at - start);
      at = stop;
    }
    if (at === offset && bytes.length > 0) return "insufficient-space";
    if (bytes.length > 0) this.#sizeBytes = Math.max(this.#sizeBytes, at);
    return at - offset;
  }

  /** Cuts the file, or lengthens it by zeros that take no room. */
  resize(sizeBytes: number): FileRefusal | undefined {
    if (sizeBytes > SIZE_LIMIT_BYTES) return "file-too-large";
    if (sizeBytes < this.#sizeBytes) {
      this.#baseBytes = Math.min(this.#baseBytes, sizeBytes);
      for (const [page, held] of this.#pages) {
        const start = page * PAGE_BYTES;
        if (start < sizeBytes) {
          held.fill(0, sizeBytes - start);
        } else {
          this.#pages.delete(page);
          this.#quota.takeBytes(-held.length);
        }
      }
    }
    this.#sizeBytes = sizeBytes;
    return undefined;
  }

  #readOn(
    parts: readonly Uint8Array[],
    offset: number,
    limit: number,
    options?: Waiting,
  ): Eventually<Uint8Array> {
    const read = [...parts];
    for (let at = offset; at < Math.min(limit, this.#sizeBytes);) {
      const bytes = this.readNow(at, limit - at) ?? this.#fetchRun(at, limit, options);
      if (bytes instanceof Promise) {
        return bytes.then((come) =>
          this.#readOn([...read, come], at + come.length, limit, options),
        );
      }
      read.push(bytes);
      at += bytes.length;
    }
    return concatBytes(read);
  }

  /** The first page of the range whose bytes are the image's, and which the write would not replace whole. */
  #firstMissing(offset: number, end: number): number | undefined {
    const stop = Math.min(end, this.#baseBytes);
    for (let page = pageOf(offset); page * PAGE_BYTES < stop; page++) {
      if (this.#pages.has(page)) continue;
      const start = page * PAGE_BYTES;
      const pageEnd = Math.min(start + PAGE_BYTES, this.#baseBytes);
      if (offset > start || end < pageEnd) return page;
    }
    return undefined;
  }

  #fetchMissing(
    offset: number,
    end: number,
    options?: Waiting,
  ): Eventually<FileRefusal | undefined> {
    for (;;) {
      const page = this.#firstMissing(offset, end);
      if (page === undefined) return undefined;
      const refusal = this.#fetchPage(page, options);
      if (refusal instanceof Promise) {
        return refusal.then((come) => come ?? this.#fetchMissing(offset, end, options));
      }
      if (refusal !== undefined) return refusal;
    }
  }

  /** Takes a page over from the image. */
  #fetchPage(page: number, options?: Waiting): Eventually<FileRefusal | undefined> {
    const start = page * PAGE_BYTES;
    const length = Math.min(PAGE_BYTES, this.#baseBytes - start);
    return after(this.#fetch(start, length, options), (bytes) => {
      // Whoever cut or wrote the page meanwhile knows better.
      if (this.#pages.has(page) || start >= this.#baseBytes) return undefined;
      const held = this.#grow(page, length);
      if (held === undefined) return "insufficient-space";
      held.set(bytes.subarray(0, this.#baseBytes - start));
      return undefined;
    });
  }

  /** One read of the image, up to the next page that is held. */
  #fetchRun(offset: number, end: number, options?: Waiting): Eventually<Uint8Array> {
    return this.#fetch(offset, Math.min(end - offset, this.countImageBytes(offset)), options);
  }

  #fetch(offset: number, lengthBytes: number, options?: Waiting): Eventually<Uint8Array> {
    if (this.#base === undefined) return NONE;
    const { tree, path } = this.#base;
    return after(tree.read(path, offset, lengthBytes, options), (bytes) => {
      if (bytes.length === lengthBytes) return bytes;
      throw new Exception("failed", `File "/${path}" is not as long as its index says`);
    });
  }

  #grow(page: number, neededBytes: number): Uint8Array | undefined {
    const held = this.#pages.get(page);
    const heldBytes = held?.length ?? 0;
    if (held !== undefined && heldBytes >= neededBytes) return held;
    const wanted = Math.min(PAGE_BYTES, Math.max(neededBytes, heldBytes * 2, LEAST_BYTES));
    if (!this.#quota.takeBytes(wanted - heldBytes)) return undefined;
    const grown = new Uint8Array(wanted);
    if (held !== undefined) grown.set(held);
    this.#pages.set(page, grown);
    return grown;
  }
}

function pageOf(offset: number): number {
  return Math.floor(offset / PAGE_BYTES);
}
