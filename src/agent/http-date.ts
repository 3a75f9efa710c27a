/** Dates in the forms of HTTP and JSON. */
// oxlint-disable no-restricted-globals -- these convert; the clock is not read

/** The form of `Last-Modified`, in whole seconds. */
export function toHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/** Milliseconds since 1970; `undefined` for a text that is not a date. */
export function parseDate(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
