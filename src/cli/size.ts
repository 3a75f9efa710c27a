/** Sizes in bytes as people write them: 64MiB. */

const UNITS: Readonly<Record<string, number>> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** The size in bytes; `undefined` for text that is not a whole number of bytes. */
export function parseSize(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^([0-9.]+)([A-Za-z]*)$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit] ?? Number.NaN);
  return Number.isSafeInteger(bytes) && digits !== "" ? bytes : undefined;
}

/** The size in the largest unit of which it is a whole multiple. */
export function formatSize(bytes: number): string {
  const [unit = "", factor = 1] =
    Object.entries(UNITS).findLast(([, size]) => bytes % size === 0) ?? [];
  return `${bytes / factor}${unit}`;
}
