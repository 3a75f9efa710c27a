/** The changes of a cell's files in their order, for whoever watches them or makes a snapshot. */

/** Paths have no slash at the front. */
export type Change =
  | { readonly type: "created" | "written" | "touched" | "removed"; readonly path: string }
  | { readonly type: "renamed"; readonly path: string; readonly to: string };

export interface Journal {
  /** How many changes there were. */
  readonly count: number;
  record(change: Change): void;
  /** The changes after the first `count`; `undefined` when some of them are forgotten: look at the files themselves. */
  since(count: number): readonly Change[] | undefined;
}

/** @param limit how many changes are remembered, at least */
export function createJournal(limit: number): Journal {
  let kept: Array<{ readonly at: number; readonly change: Change }> = [];
  let count = 0;
  let forgotten = 0;
  return {
    get count() {
      return count;
    },
    record(change) {
      const last = kept.at(-1)?.change;
      // A stream of writes to one file is one change, told again to whoever has read it.
      if (change.type === "written" && last?.type === "written" && last.path === change.path) {
        kept.pop();
      }
      kept.push({ at: ++count, change });
      if (kept.length <= limit * 2) return;
      forgotten = kept[limit - 1]?.at ?? 0;
      kept = kept.slice(limit);
    },
    since(seen) {
      if (seen < forgotten) return undefined;
      return kept.filter(({ at }) => at > seen).map(({ change }) => change);
    },
  };
}
