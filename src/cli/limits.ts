/** Parses `--limit <name>=<value>`: what each process of an image may use. */
import type { RunLimits } from "#base";
import { LIMIT_RANGES } from "#kernel";
import { formatSize, parseSize } from "./size.ts";
import { UsageError } from "./usage.ts";

type Limits = { -readonly [Name in keyof RunLimits]: RunLimits[Name] };

/** The limits by their names on the command line; sizes are in bytes. */
const NAMES: Readonly<
  Record<string, { readonly limit: keyof RunLimits; readonly isSize: boolean }>
> = {
  memory: { limit: "memoryBytes", isSize: true },
  total: { limit: "runMemoryBytes", isSize: true },
  memories: { limit: "memories", isSize: false },
  cpu: { limit: "cpuSeconds", isSize: false },
  files: { limit: "openFiles", isSize: false },
  pipe: { limit: "pipeBytes", isSize: true },
  children: { limit: "children", isSize: false },
};

/** @throws {UsageError} that says what to write instead. */
export function parseLimits(texts: readonly string[]): RunLimits {
  const limits: Limits = {};
  for (const text of texts) {
    const [, name = "", amount = ""] = /^([a-z]+)=([0-9.]+[A-Za-z]*)$/.exec(text) ?? [];
    const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    if (known === undefined) {
      const names = Object.keys(NAMES).join(", ");
      throw new UsageError(`Not a limit: "${text}"; write --limit NAME=NUMBER, with ${names}`);
    }
    const value = (known.isSize ? parseSize(amount) : Number(amount)) ?? Number.NaN;
    const isWhole = Number.isSafeInteger(value) || known.limit === "cpuSeconds";
    const [least, most] = LIMIT_RANGES[known.limit];
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
