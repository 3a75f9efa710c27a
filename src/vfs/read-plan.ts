/** How far a file is read ahead, from where its reads begin and end. */

export interface ReadPlan {
  /** Records a read, as a range of the file; returns how many bytes after its end are likely to be read next. */
  aheadOf(start: number, end: number): number;
  /** Whether reads of the file mostly begin where none has ended. */
  readonly isScattered: boolean;
}

interface Cursor {
  nextAt: number;
  /** `undefined` before its first read. */
  aheadBytes: number | undefined;
}

/** Limit on sequential readers of one file that are recognized. */
const CURSORS = 4;
/** After so many reads here and there that nothing outweighs. */
const SCATTERED_READS = 8;

/** @param firstBytes what the second read of a reader that goes on fetches ahead; each further one twice as much */
export function createReadPlan(firstBytes: number, limitBytes: number): ReadPlan {
  /** The latest last. */
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
