/** Formats a size for people: in KiB below 10 MiB, otherwise in MiB, rounded down. */
export function formatBytes(bytes: number): string {
  const kibibytes = Math.floor(bytes / 1024);
  return kibibytes < 10 * 1024 ? `${kibibytes} KiB` : `${Math.floor(kibibytes / 1024)} MiB`;
}
