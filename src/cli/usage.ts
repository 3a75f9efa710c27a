/** Parses command lines, and explains what is wrong with them. */
import type { Readable } from "node:stream";
import { parseArgs } from "node:util";
import type { ParseArgsOptionsConfig } from "node:util";
import type { MaybeTerminal } from "./screen-stream.ts";

/** The command line cannot be understood; the message says what to write instead. Ends `ww` with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The streams that a command uses, and the signal that ends it. */
export interface Terminal {
  /** Belongs to the command that reads it. */
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: MaybeTerminal;
  readonly stderr: MaybeTerminal;
  readonly verbose: boolean;
  readonly signal: AbortSignal;
}

export interface Command {
  /** What `ww <command> --help` prints. */
  readonly help: string;
  /**
   * Runs with the arguments after the command's name, and gives the exit code.
   *
   * @throws {UsageError} for arguments that it does not understand.
   */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** `node:util`'s parser with hints. The options of `ww` itself are allowed everywhere. */
export function parseCommandLine<const T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
): {
  readonly values: ReturnType<typeof parseArgs<{ options: T; allowPositionals: true }>>["values"];
  readonly positionals: string[];
} {
  const known = { ...options, ...GLOBAL_OPTIONS };
  const unknown = args.find((arg) => {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    return name !== undefined && !(name in known);
  });
  if (unknown !== undefined) {
    const flag = unknown.replace(/=.*/, "");
    throw new UsageError(
      `Unknown option ${flag}${hint(
        flag,
        Object.keys(known).map((name) => `--${name}`),
      )}`,
    );
  }
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: true });
  } catch (reason) {
    const message = reason instanceof Error ? reason.message : String(reason);
    const sentence = message.split(/\. |\n/)[0] ?? message;
    throw new UsageError(sentence.replace(/^(Unknown option) '(.*)'$/, "$1 $2"), { cause: reason });
  }
}

export const GLOBAL_OPTIONS = {
  help: { type: "boolean", short: "h" },
  verbose: { type: "boolean" },
} as const;

/** `: did you mean …?`, or nothing when no candidate is near. */
export function hint(word: string, candidates: readonly string[]): string {
  const [nearest] = candidates
    .map((candidate) => ({ candidate, distance: distanceBetween(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const near = nearest !== undefined && nearest.distance <= Math.max(2, word.length / 3);
  return near ? `: did you mean ${nearest.candidate}?` : "";
}

/** The number of letters that must be changed, added or removed. */
function distanceBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, letter] of from.split("").entries()) {
    const next = [at + 1];
    for (const [column, other] of to.split("").entries()) {
      const change = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
