/** Numbers of bytes, as people write them: 64MiB. */

const UNITS: Readonly<Record<string, number>> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** The bytes; `undefined` for what is no whole number of them. */
export function parseSize(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^([0-9.]+)([A-Za-z]*)$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit] ?? Number.NaN);
  return Number.isSafeInteger(bytes) && digits !== "" ? bytes : undefined;
}

/** In the largest unit that leaves it whole. */
export function formatSize(bytes: number): string {
  const [unit = "", factor = 1] =
    Object.entries(UNITS).findLast(([, size]) => bytes % size === 0) ?? [];
  return `${bytes / factor}${unit}`;
}
