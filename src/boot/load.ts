/** Lazy loading, shared by all callers and retried after a failure. */
import { Exception, untilAborted } from "#base";
import type { Waiting } from "#base";

export interface Load<T> {
  /**
   * The loaded value; starts loading on the first call. The signal cancels only this caller's wait.
   *
   * @throws {Exception} `overloaded` after the time limit, or the error of `open`; the next call retries.
   */
  get(waiting?: Waiting): Promise<T>;
  /** Makes the next call load again, for use after the loaded value has failed. */
  forget(): void;
}

export interface LoadOptions<T> {
  /** Name in error messages, such as `the page's configuration`. */
  readonly what: string;
  /** The signal fires at the time limit; a later result is dropped. */
  readonly open: (signal: AbortSignal) => Promise<T>;
  readonly limitMs: number;
}

export function createLoad<T>({ what, open, limitMs }: LoadOptions<T>): Load<T> {
  let loading: Promise<T> | undefined;
  const attempt = async (): Promise<T> => {
    const limit = new AbortController();
    const state = `nothing has arrived for ${limitMs / 1000} s; run the image again`;
    const late = new Exception("overloaded", `Cannot load ${what}: ${state}`);
    const timer = setTimeout(() => limit.abort(late), limitMs);
    try {
      return await untilAborted(open(limit.signal), limit.signal);
    } finally {
      clearTimeout(timer);
    }
  };
  const begin = (): Promise<T> => {
    const begun = attempt();
    begun.catch(() => {
      if (loading === begun) loading = undefined;
    });
    return begun;
  };
  return {
    async get({ signal } = {}) {
      signal?.throwIfAborted();
      loading ??= begin();
      return await untilAborted(loading, signal);
    },
    forget() {
      loading = undefined;
    },
  };
}
