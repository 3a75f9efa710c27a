/** Statuses of HTTP in words. */

/** What a status of HTTP other than success means here, as a clause; the number is for the server's owner. */
export function describeStatus(status: number): string {
  if (status === 401 || status === 403) return `does not give it to this page (HTTP ${status})`;
  if (status === 429 || status === 503) return `is too busy (HTTP ${status})`;
  if (status >= 500) return `has failed by itself (HTTP ${status})`;
  return `refuses the request (HTTP ${status})`;
}
