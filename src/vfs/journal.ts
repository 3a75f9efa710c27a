/** The changes of a cell's files in order, for watchers. */

/**
 * One change. Paths have no slash at the front, and are those of the moment; a file with several names is told by its
 * latest. What had the name that something is renamed to is gone.
 */
export type Change =
  | { readonly type: "created" | "written" | "touched" | "removed"; readonly path: string }
  | { readonly type: "renamed"; readonly path: string; readonly to: string };

export interface Journal {
  /** How many changes there were. */
  readonly count: number;
  record(change: Change): void;
  /** The latest change has happened again: this spares a write its path where the one before was to the same file. */
  repeat(): void;
  /** The changes after the first `count`; `undefined` when some of them were dropped: read the files themselves. */
  since(count: number): readonly Change[] | undefined;
}

/** Paths are as long as a cell likes. */
const PATHS_LIMIT = 1024 * 1024;

/** @param limit how many changes are remembered, at least, unless their paths are very long */
export function createJournal(limit: number): Journal {
  let kept: Array<{ at: number; readonly change: Change }> = [];
  let pathsLength = 0;
  let count = 0;
  let forgotten = 0;
  const forget = (): void => {
    let from = Math.max(0, kept.length - limit);
    for (const { change } of kept.slice(0, from)) pathsLength -= lengthOf(change);
    for (; pathsLength > PATHS_LIMIT; from++) pathsLength -= lengthOf(kept[from]?.change);
    forgotten = kept[from - 1]?.at ?? forgotten;
    kept = kept.slice(from);
  };
  return {
    get count() {
      return count;
    },
    record(change) {
      const last = kept.at(-1)?.change;
      // Consecutive writes to one file are one change, which is reported again after it has been read.
      if (change.type === "written" && last?.type === "written" && last.path === change.path) {
        kept.pop();
        pathsLength -= lengthOf(last);
      }
      kept.push({ at: ++count, change });
      pathsLength += lengthOf(change);
      if (kept.length > limit * 2 || pathsLength > PATHS_LIMIT * 2) forget();
    },
    repeat() {
      const last = kept.at(-1);
      if (last === undefined) forgotten = ++count;
      else last.at = ++count;
    },
    since(seen) {
      if (seen < forgotten) return undefined;
      return kept.filter(({ at }) => at > seen).map(({ change }) => change);
    },
  };
}

function lengthOf(change: Change | undefined): number {
  if (change === undefined) return 0;
  return change.path.length + (change.type === "renamed" ? change.to.length : 0);
}
