/** A size as people read it, without what is less than a whole unit. */
export function formatBytes(bytes: number): string {
  const kibibytes = Math.floor(bytes / 1024);
  return kibibytes < 10 * 1024 ? `${kibibytes} KiB` : `${Math.floor(kibibytes / 1024)} MiB`;
}
