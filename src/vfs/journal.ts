/** The changes of a cell's files in order, for watchers. */

/**
 * One change. Paths have no leading slash and are those at the time of the change; a file with several names is reported
 * by its latest. A rename replaces what was at its new path.
 */
export type Change =
  | { readonly type: "created" | "written" | "touched" | "removed"; readonly path: string }
  | { readonly type: "renamed"; readonly path: string; readonly to: string };

export interface Journal {
  /** Number of changes so far. */
  readonly count: number;
  record(change: Change): void;
  /** Records the latest change once more: another write to the same file need not compute its path. */
  repeat(): void;
  /** The changes after the first `count`; `undefined` when some of them are no longer kept: read the files themselves. */
  since(count: number): readonly Change[] | undefined;
}

/** Most characters in the kept paths: a cell makes paths as long as it likes. */
const PATHS_LIMIT = 1024 * 1024;

/** @param limit number of changes to keep, at least, unless their paths are very long */
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
      // Consecutive writes to one file are one change, which is reported again to readers that have seen it.
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
