/** What the page loads when it is first needed: shared by whoever needs it, and tried anew after a failure. */
import { Exception, whenAborted } from "#base";
import type { Waiting } from "#base";

export interface Load<T> {
  /**
   * What was loaded; begins to load it unless that is done or under way. The signal ends this caller's waiting alone.
   *
   * @throws {Exception} `overloaded` when it takes too long, or what `open` throws; the next call begins anew.
   */
  get(waiting?: Waiting): Promise<T>;
  /** Has the next call begin anew, because what was loaded has broken since. */
  forget(): void;
}

export interface LoadOptions<T> {
  /** What it is, in a sentence: `the page's configuration`. */
  readonly what: string;
  /** Its signal fires when it takes too long; what it resolves to later is given to nobody. */
  readonly open: (signal: AbortSignal) => Promise<T>;
  readonly limitMs: number;
}

export function createLoad<T>({ what, open, limitMs }: LoadOptions<T>): Load<T> {
  let loading: Promise<T> | undefined;
  const attempt = async (): Promise<T> => {
    const limit = new AbortController();
    const state = `nothing has come for ${limitMs / 1000} s; run the image again`;
    const late = new Exception("overloaded", `Cannot load ${what}: ${state}`);
    const timer = setTimeout(() => limit.abort(late), limitMs);
    try {
      return await withSignal(open(limit.signal), limit.signal);
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
      return await withSignal(loading, signal);
    },
    forget() {
      loading = undefined;
    },
  };
}

/** The same, unless the signal fires first. */
async function withSignal<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const forget = whenAborted(signal, () => reject(signal.reason));
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    forget();
  }
}
