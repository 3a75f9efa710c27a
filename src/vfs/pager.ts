/**
 * The written pages of a cell's files; the least recently used are evicted when memory gets short.
 *
 * A page is in memory, in a slot of the spill, or in both with the same bytes. Writing to a page makes its slot stale, so
 * the page is written there again before it is evicted. Only one write to a slot is in flight, and a page that is used
 * meanwhile stays. What must never happen: a page whose only copy is neither in memory nor complete in its slot.
 */
import { after, Exception } from "#base";
import type { Eventually, NearSpill, Spill } from "#base";
import type { Quota } from "./quota.ts";

export const PAGE_BYTES: number = 64 * 1024;
/** The smallest array of a page, so that small files take little memory. */
const LEAST_BYTES = 256;
/** Bytes of the heap that a page takes besides its contents: 370 were measured in V8, half of them for the array. */
const PAGE_OBJECT_BYTES = 400;
/** Number of whole-page arrays kept for reuse: fresh memory costs more than everything else about a page. */
const SPARE_PAGES = 16;
/** One write may need several pages at once, which must not evict each other. */
const LEAST_MEMORY_BYTES = 4 * 1024 * 1024;

/** A page of a file. Only the pager changes it, except the bytes, which the caller of `open` writes. */
export interface Page {
  /** The contents, with zeros after the end of the array; `undefined` while they are only in the spill. */
  bytes: Uint8Array | undefined;
  /** The array's length, even while it is not in memory. */
  lengthBytes: number;
  slot: number | undefined;
  /** The slot has the same bytes, or will have them after `leaving`. */
  clean: boolean;
  /** It was used since its eviction began. */
  used: boolean;
  freed: boolean;
  /** Increases when its bytes are replaced, which makes a read of the slot that is in flight obsolete. */
  version: number;
  /** The write of its slot that is in flight. */
  leaving: Promise<void> | undefined;
  /** The read of its slot that is in flight. */
  loading: Promise<void> | undefined;
}

/** The pages of one cell. */
export class Pager {
  readonly #quota: Quota;
  readonly #spill: Spill | undefined;
  readonly #limitBytes: number;
  /** Pages in memory, least recently used first. */
  readonly #resident = new Set<Page>();
  /** The last of them: a program that writes in pieces of 4 KiB uses one page 16 times in a row. */
  #latest: Page | undefined;
  readonly #freeSlots: number[] = [];
  /** Buffers of evicted pages, for reuse. */
  readonly #spare: Uint8Array[] = [];
  #scratch: Uint8Array | undefined;
  #slots = 0;
  #residentBytes = 0;

  /**
   * @param memoryBytes limit on the pages in memory if there is a spill
   * @throws {RangeError} when that is less than 4 MiB.
   */
  constructor(quota: Quota, spill: Spill | undefined, memoryBytes: number) {
    if (memoryBytes < LEAST_MEMORY_BYTES) {
      throw new RangeError(`Memory for pages is less than ${LEAST_MEMORY_BYTES} bytes`);
    }
    this.#quota = quota;
    this.#spill = spill;
    this.#limitBytes = spill === undefined ? Number.POSITIVE_INFINITY : memoryBytes;
  }

  /** Number of bytes that memory has room for before a page must be evicted. */
  get roomBytes(): number {
    return this.#limitBytes - this.#residentBytes;
  }

  /** The most bytes of memory that `open` may take for the page if it needs `neededBytes`. */
  growthBytes(page: Page | undefined, neededBytes: number): number {
    const heldBytes = page?.bytes?.length ?? 0;
    return neededBytes <= heldBytes ? 0 : PAGE_BYTES - heldBytes;
  }

  /** Makes a page the most recently used. */
  touch(page: Page): void {
    page.used = true;
    if (this.#latest === page || this.#spill === undefined) return;
    if (!this.#resident.delete(page)) return;
    this.#resident.add(page);
    this.#latest = page;
  }

  /** Whether `copy` can read the page even when it is not in memory. */
  isNear(page: Page): boolean {
    return page.slot !== undefined && page.clean && toNear(this.#spill) !== undefined;
  }

  /**
   * Fills the array with bytes of a near page, from `offset` on, and with zeros after the page's end.
   *
   * @throws {Exception} as the spill does.
   */
  copy(page: Page, offset: number, to: Uint8Array): void {
    const length = Math.min(to.length, Math.max(0, page.lengthBytes - offset));
    if (length > 0) toNear(this.#spill)?.copy(page.slot ?? 0, offset, to.subarray(0, length));
    to.fill(0, length);
  }

  /** The same, in a scratch array that the next call overwrites: a new array costs as much as the copy. */
  lendCopy(page: Page, offset: number, lengthBytes: number): Uint8Array {
    const to = (this.#scratch ??= new Uint8Array(PAGE_BYTES)).subarray(0, lengthBytes);
    this.copy(page, offset, to);
    return to;
  }

  /**
   * A page with at least `neededBytes` bytes, to be written to now: the given one, or a new one.
   *
   * A page that was not in memory is all zeros, not loaded. `undefined` when the quota has run out.
   */
  open(page: Page | undefined, neededBytes: number): Page | undefined {
    const lengthBytes = page?.lengthBytes ?? 0;
    const { bytes } = page ?? {};
    if (page !== undefined && bytes !== undefined && neededBytes <= bytes.length) {
      page.clean = false;
      this.touch(page);
      return page;
    }
    const wanted =
      neededBytes <= lengthBytes
        ? lengthBytes
        : Math.min(PAGE_BYTES, Math.max(neededBytes, lengthBytes * 2, LEAST_BYTES));
    const objectBytes = page === undefined ? PAGE_OBJECT_BYTES : 0;
    if (!this.#quota.takeMemory(objectBytes)) return undefined;
    if (!this.#quota.takeBytes(wanted - lengthBytes)) {
      this.#quota.takeMemory(-objectBytes);
      return undefined;
    }
    const opened = page ?? createPage();
    opened.clean = false;
    if (bytes?.length !== wanted) {
      const grown = this.#allocate(wanted);
      if (bytes !== undefined) grown.set(bytes);
      this.#keep(opened, grown);
    }
    this.touch(opened);
    return opened;
  }

  /** Truncates the contents of a page. */
  cut(page: Page, lengthBytes: number): void {
    if (page.lengthBytes <= lengthBytes) return;
    if (page.bytes === undefined) {
      this.#quota.takeBytes(lengthBytes - page.lengthBytes);
      page.lengthBytes = lengthBytes;
    } else {
      page.bytes.fill(0, lengthBytes);
      page.clean = false;
    }
  }

  free(page: Page): void {
    this.#drop(page);
    this.#quota.takeBytes(-page.lengthBytes);
    this.#quota.takeMemory(-PAGE_OBJECT_BYTES);
    page.freed = true;
    page.version++;
    if (page.leaving === undefined) this.#freeSlot(page);
  }

  /**
   * Evicts pages until there is room for that many bytes; others may have taken it by the time the promise resolves.
   *
   * @throws {Exception} as the spill does, when it takes no more and no page can be dropped without it.
   */
  makeRoom(bytes: number): Eventually<void> {
    while (this.roomBytes < bytes) {
      const page = this.#findOldest();
      if (page === undefined) return undefined;
      const left = this.#leaveOrDrop(page);
      if (left instanceof Promise) return left.then(() => this.makeRoom(bytes));
    }
    return undefined;
  }

  /**
   * Loads a page from the spill.
   *
   * @throws {Exception} as the spill does.
   */
  load(page: Page): Eventually<void> {
    const { slot, version } = page;
    const spill = this.#spill;
    if (page.bytes !== undefined || page.freed) return undefined;
    if (slot === undefined || spill === undefined) throw new TypeError("Page has no slot to load");
    if (page.loading !== undefined) return page.loading;
    const loaded = after(this.#tryRoom(page.lengthBytes), () =>
      after(spill.read(slot, page.lengthBytes), (bytes) => {
        if (page.version !== version) return;
        if (bytes.length < page.lengthBytes) {
          throw new Exception("failed", "Cannot load a page of a file: its copy was cut short");
        }
        this.#keep(
          page,
          bytes.length > page.lengthBytes ? bytes.slice(0, page.lengthBytes) : bytes,
        );
        page.clean = true;
        this.touch(page);
      }),
    );
    if (!(loaded instanceof Promise)) return undefined;
    page.loading = loaded.finally(() => {
      page.loading = undefined;
    });
    return page.loading;
  }

  /** Makes room if possible; a read is never refused for lack of memory. */
  #tryRoom(bytes: number): Eventually<void> {
    try {
      const made = this.makeRoom(bytes);
      return made instanceof Promise ? made.catch(() => undefined) : undefined;
    } catch {
      return undefined;
    }
  }

  /** The least recently used page, if possible one whose eviction has not begun. */
  #findOldest(): Page | undefined {
    for (const page of this.#resident) if (page.leaving === undefined) return page;
    const [first] = this.#resident;
    return first;
  }

  /** Evicts the page; when the spill takes no more, drops a page whose slot is up to date instead. */
  #leaveOrDrop(page: Page): Eventually<void> {
    const otherwise = (reason: unknown): void => {
      for (const other of this.#resident) {
        if (other.clean && other.leaving === undefined) return this.#drop(other);
      }
      throw reason;
    };
    try {
      const left = this.#leave(page);
      return left instanceof Promise ? left.catch(otherwise) : left;
    } catch (reason) {
      return otherwise(reason);
    }
  }

  #leave(page: Page): Eventually<void> {
    if (page.leaving !== undefined) return page.leaving;
    if (page.clean || page.bytes === undefined || this.#spill === undefined) {
      return this.#drop(page);
    }
    const isNew = page.slot === undefined;
    page.slot ??= this.#freeSlots.pop() ?? this.#slots++;
    page.clean = true;
    page.used = false;
    const stay = (reason: unknown): never => {
      page.clean = false;
      if (isNew && page.slot !== undefined) {
        // Last in line for reuse: a spill without room can still take slots that it has written before.
        this.#freeSlots.unshift(page.slot);
        page.slot = undefined;
      }
      throw reason;
    };
    try {
      const written = this.#spill.write(page.slot, page.bytes);
      if (!(written instanceof Promise)) return this.#drop(page);
      page.leaving = written.catch(stay).finally(() => {
        page.leaving = undefined;
        if (page.freed) this.#freeSlot(page);
        else if (page.clean && !page.used) this.#drop(page);
      });
      return page.leaving;
    } catch (reason) {
      return stay(reason);
    }
  }

  #keep(page: Page, bytes: Uint8Array): void {
    this.#residentBytes += bytes.length - (page.bytes?.length ?? 0);
    page.bytes = bytes;
    page.lengthBytes = bytes.length;
    page.version++;
    this.#resident.add(page);
    this.#latest = undefined;
  }

  /** An array of zeros. */
  #allocate(lengthBytes: number): Uint8Array {
    const spare = lengthBytes === PAGE_BYTES ? this.#spare.pop() : undefined;
    return spare === undefined ? new Uint8Array(lengthBytes) : spare.fill(0);
  }

  #drop(page: Page): void {
    if (page.bytes?.length === PAGE_BYTES && this.#spare.length < SPARE_PAGES) {
      this.#spare.push(page.bytes);
    }
    this.#residentBytes -= page.bytes?.length ?? 0;
    page.bytes = undefined;
    this.#resident.delete(page);
    if (this.#latest === page) this.#latest = undefined;
  }

  #freeSlot(page: Page): void {
    if (page.slot !== undefined) this.#freeSlots.push(page.slot);
    page.slot = undefined;
  }
}

function toNear(spill: Spill | undefined): NearSpill | undefined {
  return spill !== undefined && "copy" in spill ? (spill as NearSpill) : undefined;
}

function createPage(): Page {
  return {
    bytes: undefined,
    lengthBytes: 0,
    slot: undefined,
    clean: false,
    used: true,
    freed: false,
    version: 0,
    leaving: undefined,
    loading: undefined,
  };
}
