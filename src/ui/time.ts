/** Moments, as the visitor's language writes them. */

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** @param ms since 1970 */
export function formatTime(ms: number): string {
  return TIME.format(ms);
}
