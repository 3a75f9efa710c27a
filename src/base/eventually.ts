/**
 * A value or a promise of it: one way to write code that may wait, for callers that block and callers that do not.
 *
 * A cell that waits by blocking gets all its values at once, and no promise ever settles while its guest runs; one that
 * is suspended gets promises. Code in between uses `after` and works for both.
 */
export type Eventually<T> = T | Promise<T>;

/** What `next` makes of the value: at once when the value is there, else once it has come. */
export function after<T, R>(
  value: Eventually<T>,
  next: (value: T) => Eventually<R>,
): Eventually<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
