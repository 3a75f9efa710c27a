/**
 * One load for all callers; after a failure, the next caller starts it again: a page that was offline once must not lack a
 * part until it is reloaded.
 */
export interface LoadOnce<T> {
  get(): Promise<T>;
  /** What was loaded, after a load in progress; `undefined` if there is none, or it failed. Never rejects. */
  peek(): Promise<T | undefined>;
}

export function loadOnce<T>(load: () => Promise<T>): LoadOnce<T> {
  let loading: Promise<T> | undefined;
  const start = (): Promise<T> => {
    const started = (async () => load())();
    started.catch(() => (loading = undefined));
    return started;
  };
  return {
    get: () => (loading ??= start()),
    peek: async () => loading?.catch(() => undefined),
  };
}
