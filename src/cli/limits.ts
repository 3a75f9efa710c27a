/** `--limit <name>=<value>`: what each process of an image may use. */
import { UsageError } from "./usage.ts";

/** As the page takes them; what is left out is the page's to choose. */
export interface Limits {
  memoryBytes?: number;
  runMemoryBytes?: number;
  memories?: number;
  cpuSeconds?: number;
  openFiles?: number;
  pipeBytes?: number;
  children?: number;
}

/** What may be limited, by the name that is written; sizes in bytes. */
const NAMES: Readonly<
  Record<
    string,
    { readonly limit: keyof Limits; readonly isSize: boolean; least: number; most?: number }
  >
> = {
  memory: { limit: "memoryBytes", isSize: true, least: 64 * 1024 },
  total: { limit: "runMemoryBytes", isSize: true, least: 64 * 1024 },
  memories: { limit: "memories", isSize: false, least: 1 },
  cpu: { limit: "cpuSeconds", isSize: false, least: 0.1 },
  files: { limit: "openFiles", isSize: false, least: 1 },
  pipe: { limit: "pipeBytes", isSize: true, least: 4096, most: 2 ** 30 },
  children: { limit: "children", isSize: false, least: 0 },
};
const UNITS: Readonly<Record<string, number>> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** @throws {UsageError} that says what to write instead. */
export function parseLimits(texts: readonly string[]): Limits {
  const limits: Limits = {};
  for (const text of texts) {
    const [, name = "", digits = "", unit = ""] =
      /^([a-z]+)=([0-9.]+)([A-Za-z]*)$/.exec(text) ?? [];
    const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (known === undefined) {
      const names = Object.keys(NAMES).join(", ");
      throw new UsageError(`Not a limit: "${text}"; write --limit NAME=NUMBER, with ${names}`);
    }
    const factor = known.isSize || unit === "" ? UNITS[unit] : undefined;
    const value = Number(digits) * (factor ?? Number.NaN);
    const isWhole = Number.isSafeInteger(value) || known.limit === "cpuSeconds";
    const { least, most = Infinity } = known;
    if (!(value >= least && value <= most) || !isWhole) {
      const example = known.isSize ? `${name}=64MiB` : `${name}=10`;
      const write = known.isSize ? formatSize : String;
      const range =
        most === Infinity ? `at least ${write(least)}` : `from ${write(least)} to ${write(most)}`;
      throw new UsageError(`Not a limit: "${text}"; write --limit ${example}, ${range}`);
    }
    limits[known.limit] = value;
  }
  return limits;
}

/** As a person would write it, in the largest unit that leaves it whole. */
function formatSize(bytes: number): string {
  const [unit = "", factor = 1] =
    Object.entries(UNITS).findLast(([, size]) => bytes % size === 0) ?? [];
  return `${bytes / factor}${unit}`;
}
