/** How far to read a file ahead, derived from where its earlier reads began and ended. */

export interface ReadPlan {
  /** Records a read, as a range of the file; returns how many bytes after its end are likely to be read next. */
  aheadOf(start: number, end: number): number;
  /** Whether most reads of the file begin where no earlier one has ended. */
  readonly isScattered: boolean;
}

interface Cursor {
  nextAt: number;
  /** `undefined` before its first read. */
  aheadBytes: number | undefined;
}

/** Limit on sequential readers of one file that are recognized. */
const CURSORS = 4;
/** Reads are scattered once this many more began anew than continued an earlier one. */
const SCATTERED_READS = 8;

/** @param firstBytes read-ahead of a sequential reader's second read, doubled by each further one up to the limit */
export function createReadPlan(firstBytes: number, limitBytes: number): ReadPlan {
  /** Most recently used last. */
  const cursors: Cursor[] = [{ nextAt: 0, aheadBytes: undefined }];
  let scattered = 0;
  return {
    aheadOf(start, end) {
      const at = cursors.findLastIndex(({ nextAt }) => nextAt === start);
      const [found] = at === -1 ? [] : cursors.splice(at, 1);
      const before = found?.aheadBytes;
      const aheadBytes =
        before === undefined ? 0 : Math.min(limitBytes, Math.max(firstBytes, before * 2));
      cursors.push({ nextAt: end, aheadBytes });
      if (cursors.length > CURSORS) cursors.shift();
      scattered =
        found === undefined
          ? Math.min(scattered + 1, 2 * SCATTERED_READS)
          : Math.max(0, scattered - 1);
      return aheadBytes;
    },
    get isScattered() {
      return scattered >= SCATTERED_READS;
    },
  };
}
