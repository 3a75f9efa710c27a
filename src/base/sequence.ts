/** Actions one after the other. */

/** Runs an action when those before have ended, also where they have failed; gives its outcome. */
export type Sequence = <T>(action: () => T | Promise<T>) => Promise<T>;

export function createSequence(): Sequence {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const turn = last.then(action);
    last = turn.catch(() => undefined);
    return turn;
  };
}
