/**
 * A value or a promise of it: one way to write code that may wait, for callers that block and callers that do not.
 *
 * A cell that waits by blocking gets all values at once, and no promise settles while its guest runs; a cell that is
 * suspended gets promises. Code in between uses `after` and works for both.
 */
export type Eventually<T> = T | Promise<T>;

/** Applies `next` to the value: at once if it is there, otherwise when its promise resolves. */
export function after<T, R>(
  value: Eventually<T>,
  next: (value: T) => Eventually<R>,
): Eventually<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
