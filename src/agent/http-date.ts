/** Moments as HTTP and JSON write them. */
// oxlint-disable no-restricted-globals -- these convert; the clock is not read

/** Whole seconds, as in `Last-Modified`. */
export function toHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/** Milliseconds since 1970; `undefined` for what is no date. */
export function parseDate(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
