/**
 * What is in a file: pages that were written over the bytes that the image has.
 *
 * A page that is held is the whole truth about its range, and zeros stand where its array ends. A page that is not held
 * is the image's up to `#baseBytes`, and zeros after. So a write fetches at most the pages at its two ends, a hole costs
 * nothing, and truncation only lowers `#baseBytes`. A page that has left memory must be fetched like the image's.
 */
import { after, concatBytes, Exception } from "#base";
import type { Eventually, EventualTree, FileRefusal, Waiting } from "#base";
import { PAGE_BYTES } from "./pager.ts";
import type { Page, Pager } from "./pager.ts";

/** Where a file's first contents come from. */
export interface FileBase {
  readonly tree: EventualTree;
  readonly path: string;
  readonly sizeBytes: number;
}

/** The most that is prepared for at a time: much less than what stays in memory. */
const PREPARED_BYTES = 1024 * 1024;
const SIZE_LIMIT_BYTES = 2 ** 40;
const NONE = new Uint8Array(0);
/** Of a file that has none: most files are empty at first, and many stay so. Nothing is entered here. */
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

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** Where all of it is in the tree; `undefined` when it has contents of its own. */
  get basePath(): string | undefined {
    const kept =
      this.#pages.size === 0 &&
      this.#baseBytes === this.#base?.sizeBytes &&
      this.#sizeBytes === this.#baseBytes;
    return kept ? this.#base?.path : undefined;
  }

  /**
   * Bytes that are at hand, empty at the end; `undefined` when the image, or what has left memory, must be fetched first.
   * The caller owns them.
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
   * The range, or what the file has of it, where it lies in memory, if that is one page; `undefined` if it is not. Lent
   * until the next call: the pager uses the array again for another page.
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

  /** As `readNow`, lent until the next call: bytes of one page are copied once less. */
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

  /** Whether `readNow` gives bytes, or the end, at this offset. */
  hasNow(offset: number): boolean {
    if (offset >= this.#sizeBytes) return true;
    const held = this.#pages.get(pageOf(offset));
    return held === undefined ? offset >= this.#baseBytes : this.#isHere(held);
  }

  /** How many of the bytes from `offset` on are still the image's, up to the first that is not. */
  countImageBytes(offset: number, limitBytes: number): number {
    let stop = Math.min(this.#baseBytes, offset + limitBytes);
    if (this.#pages.size === 0) return Math.max(0, stop - offset);
    for (let page = pageOf(offset); page * PAGE_BYTES < stop; page++) {
      if (this.#pages.has(page)) stop = page * PAGE_BYTES;
    }
    return Math.max(0, stop - offset);
  }

  /**
   * The bytes from `offset`, `lengthBytes` of them or up to the end; at once when the tree answers at once.
   *
   * @throws {Exception} as the tree does, when the image's bytes are unavailable.
   */
  read(offset: number, lengthBytes: number, options?: Waiting): Eventually<Uint8Array> {
    return this.#readOn([], offset, offset + lengthBytes, options);
  }

  /** Whether this range can be written, whole, without fetching anything, and memory has room for it. */
  isWritableNow(offset: number, lengthBytes: number): boolean {
    const end = offset + lengthBytes;
    return (
      this.#firstMissing(offset, end) === undefined &&
      this.#growthBytes(offset, end) <= this.#pager.roomBytes
    );
  }

  /** Up to how many bytes from `offset` on can be written, also fewer but for none, without fetching anything. */
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
   * Makes the range writable, or its first MiB when it is longer: fetches what a write there needs, and makes room for it.
   * Returns the reason on failure; never throws or rejects.
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
   * Writes what is writable now of a range, from its start, and gives the number of bytes written: fewer than all also
   * when the quota ends in between. The size grows with it.
   *
   * @throws {TypeError} when not even the start is writable now.
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
        if (at === offset) throw new TypeError("A page of a file is written before it is there");
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

  /** How long the array of a page is to be: all of it where one page after the other is written. */
  #neededBytes(page: number, start: number, stop: number): number {
    const isNext =
      start % PAGE_BYTES === 0 && this.#pages.get(page - 1)?.lengthBytes === PAGE_BYTES;
    return isNext ? PAGE_BYTES : stop - page * PAGE_BYTES;
  }

  /** Cuts the file, or lengthens it by zeros that take no room. */
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
        return bytes.then((come) =>
          this.#readOn([...read, come], at + come.length, limit, options),
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

  /** Whether the page is not in memory, and a write of the range would not replace all that is in it. */
  #isMissing(page: number, offset: number, end: number): boolean {
    const held = this.#pages.get(page);
    if (held !== undefined && held.bytes !== undefined) return false;
    const start = page * PAGE_BYTES;
    const length = held?.lengthBytes ?? Math.min(PAGE_BYTES, this.#baseBytes - start);
    return length > 0 && (offset > start || end < start + length);
  }

  /** What a write of the range may take of memory. */
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
        return refusal.then((come) => come ?? this.#fetchMissing(offset, end, options));
      }
      if (refusal !== undefined) return refusal;
    }
    this.#touch(offset, end);
    return undefined;
  }

  /** Takes a page over from the image, or back into memory. */
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

  /** What is prepared for stays until it is written. */
  #touch(offset: number, end: number): void {
    for (let page = pageOf(offset); page * PAGE_BYTES < end; page++) {
      const held = this.#pages.get(page);
      if (held !== undefined) this.#pager.touch(held);
    }
  }

  /** One read of the image, up to the next page that is held; or, after one was brought back, what is at hand. */
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
