/** Runs actions one after the other. */

/** Runs an action when all earlier ones have ended, even by failing; returns its outcome. */
export type Sequence = <T>(action: () => T | Promise<T>) => Promise<T>;

export function createSequence(): Sequence {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const turn = last.then(action);
    last = turn.catch(() => undefined);
    return turn;
  };
}
