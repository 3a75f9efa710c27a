/**
 * The contents of a file: pages that were written, over the bytes of the image.
 *
 * A held page is authoritative for its range, with zeros after the end of its array. A page that is not held is the
 * image's up to `#baseBytes`, and zeros after. So a write fetches at most the pages at its two ends, a hole costs
 * nothing, and truncation only lowers `#baseBytes`. An evicted page must be loaded as the image's pages are fetched.
 */
import { after, concatBytes, Exception } from "#base";
import type { Eventually, EventualTree, FileRefusal, Waiting } from "#base";
import { PAGE_BYTES } from "./pager.ts";
import type { Page, Pager } from "./pager.ts";

/** The tree's file that a file begins with. */
export interface FileBase {
  readonly tree: EventualTree;
  readonly path: string;
  readonly sizeBytes: number;
}

/** The longest range that one `prepare` makes writable: well below the least that the pager keeps in memory, 4 MiB. */
const PREPARED_BYTES = 1024 * 1024;
const SIZE_LIMIT_BYTES = 2 ** 40;
const NONE = new Uint8Array(0);
/** Shared by files without pages: most files are empty at first, and many stay so. Never written to. */
const NO_PAGES = new Map<number, Page>();

export class FileContent {
  readonly #pager: Pager;
  readonly #base: FileBase | undefined;
  #pages: Map<number, Page> = NO_PAGES;
  #baseBytes: number;
  #sizeBytes: number;
  #version = 0;

  constructor(pager: Pager, base?: FileBase) {
    this.#pager = pager;
    this.#base = base;
    this.#baseBytes = base?.sizeBytes ?? 0;
    this.#sizeBytes = this.#baseBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Increases with every change. */
  get version(): number {
    return this.#version;
  }

  /** Path of the tree's file while the contents are exactly that file's; otherwise `undefined`. */
  get basePath(): string | undefined {
    const kept =
      this.#pages.size === 0 &&
      this.#baseBytes === this.#base?.sizeBytes &&
      this.#sizeBytes === this.#baseBytes;
    return kept ? this.#base?.path : undefined;
  }

  /**
   * The bytes that need no fetching, at most `limitBytes`; empty at the end of the file. `undefined` when the first of them
   * must be fetched from the image or the spill. The caller owns the array.
   */
  readNow(offset: number, limitBytes: number): Uint8Array | undefined {
    const end = Math.min(this.#sizeBytes, offset + limitBytes);
    if (offset >= end) return NONE;
    const bytes = new Uint8Array(end - offset);
    let at = offset;
    while (at < end) {
      const page = pageOf(at);
      const held = this.#pages.get(page);
      if (held === undefined ? at < this.#baseBytes : !this.#isHere(held)) {
        return at === offset ? undefined : bytes.subarray(0, at - offset);
      }
      const start = page * PAGE_BYTES;
      const stop = Math.min(end, start + PAGE_BYTES);
      if (held?.bytes !== undefined) {
        bytes.set(held.bytes.subarray(at - start, stop - start), at - offset);
        this.#pager.touch(held);
      } else if (held !== undefined) {
        this.#pager.copy(held, at - start, bytes.subarray(at - offset, stop - offset));
      }
      at = stop;
    }
    return bytes;
  }

  /**
   * A view of the range, cut at the end of the file, if one page in memory has all of it; otherwise `undefined`. Lent
   * until the next call: the pager reuses the array for another page.
   */
  lendHeld(offset: number, limitBytes: number): Uint8Array | undefined {
    const page = pageOf(offset);
    const held = this.#pages.get(page);
    if (held?.bytes === undefined) return undefined;
    const at = offset - page * PAGE_BYTES;
    const length = Math.min(limitBytes, this.#sizeBytes - offset);
    if (length <= 0 || at + length > held.bytes.length) return undefined;
    this.#pager.touch(held);
    return held.bytes.subarray(at, at + length);
  }

  /** Like `readNow`, but lent until the next call: bytes of one page are copied one time less. */
  lendNow(offset: number, limitBytes: number): Uint8Array | undefined {
    const lent = this.lendHeld(offset, limitBytes);
    if (lent !== undefined) return lent;
    const page = pageOf(offset);
    const held = this.#pages.get(page);
    const at = offset - page * PAGE_BYTES;
    const length = Math.min(limitBytes, this.#sizeBytes - offset);
    const isNear = held !== undefined && held.bytes === undefined && this.#pager.isNear(held);
    return isNear && length > 0 && at + length <= PAGE_BYTES
      ? this.#pager.lendCopy(held, at, length)
      : this.readNow(offset, limitBytes);
  }

  /** Whether `readNow` would return bytes, or the end, at this offset. */
  hasNow(offset: number): boolean {
    if (offset >= this.#sizeBytes) return true;
    const held = this.#pages.get(pageOf(offset));
    return held === undefined ? offset >= this.#baseBytes : this.#isHere(held);
  }

  /** The number of bytes at `offset`, at most `limitBytes`, that are still the image's: up to the first held page. */
  countImageBytes(offset: number, limitBytes: number): number {
    let stop = Math.min(this.#baseBytes, offset + limitBytes);
    if (this.#pages.size === 0) return Math.max(0, stop - offset);
    for (let page = pageOf(offset); page * PAGE_BYTES < stop; page++) {
      if (this.#pages.has(page)) stop = page * PAGE_BYTES;
    }
    return Math.max(0, stop - offset);
  }

  /**
   * Up to `lengthBytes` bytes from `offset`, fewer only at the end of the file; at once if the tree answers at once.
   *
   * @throws {Exception} as the tree does, when the image's bytes are unavailable.
   */
  read(offset: number, lengthBytes: number, options?: Waiting): Eventually<Uint8Array> {
    return this.#readOn([], offset, offset + lengthBytes, options);
  }

  /** Whether the whole range can be written without fetching or evicting anything. */
  isWritableNow(offset: number, lengthBytes: number): boolean {
    const end = offset + lengthBytes;
    return (
      this.#firstMissing(offset, end) === undefined &&
      this.#growthBytes(offset, end) <= this.#pager.roomBytes
    );
  }

  /** A number of bytes, at most `limitBytes`: a write of that many or fewer at `offset` fetches and evicts nothing. */
  roomNow(offset: number, limitBytes: number): number {
    let room = this.#pager.roomBytes;
    const end = offset + limitBytes;
    for (let at = offset; at < end;) {
      const page = pageOf(at);
      const start = page * PAGE_BYTES;
      const held = this.#pages.get(page);
      if (this.#isMissing(page, at, at + 1)) return at - offset;
      const stop = Math.min(end, start + PAGE_BYTES);
      room -= this.#pager.growthBytes(held, stop - start);
      if (room < 0) return Math.max(at, start + (held?.lengthBytes ?? 0)) - offset;
      at = stop;
    }
    return limitBytes;
  }

  /**
   * Makes the range, or its first MiB, writable: fetches the pages that a write there needs, and evicts others.
   * Returns the refusal on failure; never throws or rejects.
   */
  prepare(
    offset: number,
    lengthBytes: number,
    options?: Waiting,
  ): Eventually<FileRefusal | undefined> {
    try {
      const end = offset + Math.min(lengthBytes, PREPARED_BYTES);
      const outcome = this.#fetchMissing(offset, end, options);
      return outcome instanceof Promise ? outcome.catch(() => "io" as const) : outcome;
    } catch {
      return "io";
    }
  }

  /**
   * Writes as much of the range as is writable now, from its start, and returns the number of bytes written: also fewer
   * than all when the quota runs out on the way. Extends the file if needed.
   *
   * @throws {TypeError} when the first page must be fetched before.
   */
  write(offset: number, bytes: Uint8Array): number | FileRefusal {
    const end = offset + bytes.length;
    if (end > SIZE_LIMIT_BYTES) return "file-too-large";
    let at = offset;
    while (at < end) {
      const page = pageOf(at);
      const start = page * PAGE_BYTES;
      const stop = Math.min(end, start + PAGE_BYTES);
      if (this.#isMissing(page, offset, end)) {
        if (at === offset) throw new TypeError("Cannot write: the page was not fetched before");
        break;
      }
      const held = this.#pager.open(this.#pages.get(page), this.#neededBytes(page, at, stop));
      if (held?.bytes === undefined) break;
      this.#hold(page, held);
      const isAll = at === offset && stop === end;
      held.bytes.set(isAll ? bytes : bytes.subarray(at - offset, stop - offset), at - start);
      at = stop;
    }
    if (at === offset && bytes.length > 0) return "insufficient-space";
    if (bytes.length > 0) this.#sizeBytes = Math.max(this.#sizeBytes, at);
    this.#version++;
    return at - offset;
  }

  /** The length that a page's array should have: all of it when pages are written one after the other. */
  #neededBytes(page: number, start: number, stop: number): number {
    const isNext =
      start % PAGE_BYTES === 0 && this.#pages.get(page - 1)?.lengthBytes === PAGE_BYTES;
    return isNext ? PAGE_BYTES : stop - page * PAGE_BYTES;
  }

  /** Truncates the file, or extends it with zeros, which take no memory. */
  resize(sizeBytes: number): FileRefusal | undefined {
    if (sizeBytes > SIZE_LIMIT_BYTES) return "file-too-large";
    if (sizeBytes < this.#sizeBytes) {
      this.#baseBytes = Math.min(this.#baseBytes, sizeBytes);
      for (const [page, held] of this.#pages) {
        const start = page * PAGE_BYTES;
        if (start < sizeBytes) {
          this.#pager.cut(held, sizeBytes - start);
        } else {
          this.#pages.delete(page);
          this.#pager.free(held);
        }
      }
    }
    this.#sizeBytes = sizeBytes;
    this.#version++;
    return undefined;
  }

  #hold(number: number, page: Page): void {
    if (this.#pages === NO_PAGES) this.#pages = new Map();
    this.#pages.set(number, page);
  }

  #isHere(page: Page): boolean {
    return page.bytes !== undefined || this.#pager.isNear(page);
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
        return bytes.then((fetched) =>
          this.#readOn([...read, fetched], at + fetched.length, limit, options),
        );
      }
      read.push(bytes);
      at += bytes.length;
    }
    return concatBytes(read);
  }

  /** The first page of the range that must be fetched before the range can be written. */
  #firstMissing(offset: number, end: number): number | undefined {
    for (let page = pageOf(offset); page * PAGE_BYTES < end; page++) {
      if (this.#isMissing(page, offset, end)) return page;
    }
    return undefined;
  }

  /** Whether the page is not in memory, and the range does not overwrite all of it: it must be fetched before a write. */
  #isMissing(page: number, offset: number, end: number): boolean {
    const held = this.#pages.get(page);
    if (held !== undefined && held.bytes !== undefined) return false;
    const start = page * PAGE_BYTES;
    const length = held?.lengthBytes ?? Math.min(PAGE_BYTES, this.#baseBytes - start);
    return length > 0 && (offset > start || end < start + length);
  }

  /** The most bytes of memory that a write of the range may take. */
  #growthBytes(offset: number, end: number): number {
    let growth = 0;
    for (let page = pageOf(offset); page * PAGE_BYTES < end; page++) {
      const needed = Math.min(PAGE_BYTES, end - page * PAGE_BYTES);
      growth += this.#pager.growthBytes(this.#pages.get(page), needed);
    }
    return growth;
  }

  #fetchMissing(
    offset: number,
    end: number,
    options?: Waiting,
  ): Eventually<FileRefusal | undefined> {
    while (!this.isWritableNow(offset, end - offset)) {
      const page = this.#firstMissing(offset, end);
      const refusal =
        page === undefined
          ? this.#makeRoom(this.#growthBytes(offset, end))
          : this.#fetchPage(page, options);
      if (refusal instanceof Promise) {
        return refusal.then((failed) => failed ?? this.#fetchMissing(offset, end, options));
      }
      if (refusal !== undefined) return refusal;
    }
    this.#touch(offset, end);
    return undefined;
  }

  /** Copies a page from the image into memory, or loads it from the spill. */
  #fetchPage(page: number, options?: Waiting): Eventually<FileRefusal | undefined> {
    const held = this.#pages.get(page);
    if (held !== undefined) return after(this.#pager.load(held), () => undefined);
    const start = page * PAGE_BYTES;
    const length = Math.min(PAGE_BYTES, this.#baseBytes - start);
    return after(this.#makeRoom(length), (refusal) => {
      if (refusal !== undefined) return refusal;
      return after(this.#fetch(start, length, options), (bytes) => {
        // A truncation or write in the meantime takes precedence.
        if (this.#pages.has(page) || start >= this.#baseBytes) return undefined;
        const opened = this.#pager.open(undefined, length);
        if (opened?.bytes === undefined) return "insufficient-space";
        this.#hold(page, opened);
        opened.bytes.set(bytes.subarray(0, this.#baseBytes - start));
        return undefined;
      });
    });
  }

  #makeRoom(bytes: number): Eventually<FileRefusal | undefined> {
    try {
      const made = this.#pager.makeRoom(bytes);
      if (!(made instanceof Promise)) return undefined;
      return made.then(
        () => undefined,
        () => "insufficient-space" as const,
      );
    } catch {
      return "insufficient-space";
    }
  }

  /** Makes prepared pages the most recently used, so that they are not evicted before they are written. */
  #touch(offset: number, end: number): void {
    for (let page = pageOf(offset); page * PAGE_BYTES < end; page++) {
      const held = this.#pages.get(page);
      if (held !== undefined) this.#pager.touch(held);
    }
  }

  /** One read of the image, up to the next held page; or, if the first page is held, loads it and returns its bytes. */
  #fetchRun(offset: number, end: number, options?: Waiting): Eventually<Uint8Array> {
    const held = this.#pages.get(pageOf(offset));
    if (held !== undefined) {
      return after(this.#pager.load(held), () => this.readNow(offset, end - offset) ?? NONE);
    }
    return this.#fetch(offset, this.countImageBytes(offset, end - offset), options);
  }

  #fetch(offset: number, lengthBytes: number, options?: Waiting): Eventually<Uint8Array> {
    if (this.#base === undefined) return NONE;
    const { tree, path } = this.#base;
    return after(tree.read(path, offset, lengthBytes, options), (bytes) => {
      if (bytes.length === lengthBytes) return bytes;
      throw new Exception("failed", `File "/${path}" is not as long as its index says`);
    });
  }
}

function pageOf(offset: number): number {
  return Math.floor(offset / PAGE_BYTES);
}
