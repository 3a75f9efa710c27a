/** Commands that run another one: `env`, `timeout`, `nohup`, `xargs`, `serve`. It runs with their streams, so nothing is buffered. */
import { Failure, Killed } from "../flow.ts";
import { quoteText } from "../quote.ts";
import type { Shell } from "../shell.ts";
import { runArguments } from "../simple.ts";
import { endProcess } from "../process.ts";
import { toText } from "../text.ts";
import type { Builtin } from "../shell.ts";

const run = async (shell: Shell, words: readonly string[]): Promise<number> =>
  await runArguments(shell, words, { skipFunctions: true });

/** Runs in a subshell, so that no change of the state survives. */
async function runApart(
  shell: Shell,
  words: readonly string[],
  prepare: (child: Shell) => void = () => undefined,
  signal: AbortSignal = shell.signal,
): Promise<number> {
  const child = shell.fork(signal);
  prepare(child);
  return await endProcess(child, () => run(child, words));
}

export const env: Builtin = async (shell, args) => {
  let at = 0;
  let clears = false;
  const removed: string[] = [];
  let directory: string | undefined;
  for (; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "-i" || arg === "-" || arg === "--ignore-environment") clears = true;
    else if (arg === "-u") removed.push(args[++at] ?? "");
    else if (arg === "-C") directory = args[++at];
    else if (arg.startsWith("-u")) removed.push(arg.slice(2));
    else if (arg === "--") {
      at++;
      break;
    } else if (arg === "-S") continue;
    else break;
  }
  const given = new Map<string, string>();
  for (; /^[^=]+=/.test(args[at] ?? ""); at++) {
    const arg = args[at] ?? "";
    given.set(arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1));
  }
  const words = args.slice(at);
  const apply = (child: Shell): void => {
    for (const name of clears ? child.variables.environment().keys() : removed) {
      const variable = child.variables.find(name);
      if (variable !== undefined) variable.isExported = false;
    }
    for (const [name, text] of given) {
      child.variables.set(name, text);
      child.variables.declare(name).isExported = true;
    }
    if (directory !== undefined) child.setDirectory(child.path(directory));
  };
  if (words.length > 0) return await runApart(shell, words, apply);
  const child = shell.fork();
  apply(child);
  return await endProcess(child, async () => {
    const lines = Array.from(child.variables.environment(), ([name, text]) => `${name}=${text}\n`);
    await child.print(lines.join(""));
    return 0;
  });
};

export const nohup: Builtin = async (shell, args) => {
  let words = args;
  if (words[0] === "-n") words = words.slice(2);
  else if (/^-(n?-?\d+|-adjustment=.*)$/.test(words[0] ?? "")) words = words.slice(1);
  if (words.length === 0) throw new Failure("missing operand", { status: 125 });
  return await runApart(shell, words);
};

const LAST_PORT = 65_535;
/** From this status on, the status is the shell's word: it cannot start the program, there is none, or a signal ended it. */
const NOT_STARTED = 126;

/** `serve <port> [--] <program>`: the program serves that port of the sandbox while it runs. */
export const serve: Builtin = async (shell, [text = "", ...rest]) => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > LAST_PORT) {
    throw new Failure("usage: serve <port> [--] <program> [argument]...", { status: 2 });
  }
  const words = rest[0] === "--" ? rest.slice(1) : rest;
  if (words.length === 0) throw new Failure("missing program", { status: 2 });
  const status = await runApart(shell, words, (child) => void (child.port = port));
  // It was not started, or its user has ended it.
  if (status >= NOT_STARTED) return status;
  await shell.complain(`serve: ${words[0]} has ended, so nothing serves port ${port}`);
  return status === 0 ? 1 : status;
};

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration as `sleep` and `timeout` take it, in milliseconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] || "s"] ?? 1) * 1000;
}

export const timeout: Builtin = async (shell, args) => {
  let at = 0;
  let signal = 15;
  let keepsStatus = false;
  for (; args[at]?.startsWith("-") === true; at++) {
    const arg = args[at] ?? "";
    if (arg === "-s" || arg === "--signal")
      signal = args[++at] === "KILL" || args[at] === "9" ? 9 : 15;
    else if (arg === "-k") at++;
    else if (arg === "--preserve-status") keepsStatus = true;
  }
  const limitMs = parseDuration(args[at] ?? "");
  if (limitMs === undefined)
    throw new Failure(`invalid time interval '${args[at] ?? ""}'`, { status: 125 });
  const ending = new AbortController();
  const timer = new AbortController();
  let isLate = false;
  if (limitMs > 0) {
    void shell.system.sleep(limitMs, { signal: timer.signal }).then(
      () => {
        isLate = true;
        ending.abort(new Killed(signal));
      },
      () => undefined,
    );
  }
  try {
    const both = AbortSignal.any([shell.signal, ending.signal]);
    const status = await runApart(shell, args.slice(at + 1), undefined, both);
    return isLate && !keepsStatus && signal !== 9 ? 124 : status;
  } finally {
    timer.abort();
  }
};

interface XargsOptions {
  perCommand?: number;
  replace?: string;
  delimiter?: string;
  skipsEmpty: boolean;
  traces: boolean;
  parallel: number;
  lines?: number;
}

/** Room for the words of one command. */
const WORDS_LIMIT = 128 * 1024;

export const xargs: Builtin = async (shell, args) => {
  const options: XargsOptions = { skipsEmpty: false, traces: false, parallel: 1 };
  const words = parseXargs(args, options);
  const command = words.length > 0 ? words : ["echo"];
  let status = 0;
  const running = new Set<Promise<void>>();
  const start = async (batch: readonly string[]): Promise<void> => {
    const { replace } = options;
    const line =
      replace === undefined
        ? [...command, ...batch]
        : command.map((word) => word.replaceAll(replace, batch.join(" ")));
    if (options.traces)
      await shell.warn(
        `${line.map((word) => (/^[\w./-]+$/.test(word) ? word : quoteText(word))).join(" ")}\n`,
      );
    const one = runApart(shell, line, (child) => {
      child.files.get(0)?.close();
      child.files.delete(0);
    }).then((code) => {
      if (code === 255) status = 124;
      else if (code >= 126) status = code;
      else if (code !== 0) status = 123;
      running.delete(one);
    });
    running.add(one);
    if (running.size >= options.parallel) await Promise.race(running);
  };
  let batch: string[] = [];
  let bytes = 0;
  let ran = false;
  const limit = options.replace === undefined ? (options.perCommand ?? Infinity) : 1;
  for await (const item of readItems(shell, options)) {
    if (batch.length > 0 && bytes + item.length > WORDS_LIMIT) {
      await start(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += item.length + 1;
    ran = true;
    if (batch.length >= limit) {
      await start(batch);
      batch = [];
      bytes = 0;
    }
    if (status === 124) break;
  }
  const runsEmpty = !ran && !options.skipsEmpty && options.replace === undefined;
  if (batch.length > 0 || runsEmpty) await start(batch);
  await Promise.all(running);
  return status;
};

function parseXargs(args: readonly string[], options: XargsOptions): readonly string[] {
  let at = 0;
  for (; args[at]?.startsWith("-") === true; at++) {
    const arg = args[at] ?? "";
    const value = (): string => (arg.length > 2 ? arg.slice(2) : (args[++at] ?? ""));
    if (arg === "-0" || arg === "--null") options.delimiter = "\0";
    else if (arg === "-r" || arg === "--no-run-if-empty") options.skipsEmpty = true;
    else if (arg === "-t" || arg === "--verbose") options.traces = true;
    else if (arg.startsWith("-n")) options.perCommand = Number(value());
    else if (arg.startsWith("-L")) options.perCommand = options.lines = Number(value());
    else if (arg.startsWith("-P")) options.parallel = Number(value()) || Infinity;
    else if (arg.startsWith("-d"))
      options.delimiter = value().replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0");
    else if (arg.startsWith("-I")) options.replace = value();
    else if (arg === "-i") options.replace = "{}";
    else if (arg === "--") {
      at++;
      break;
    } else throw new Failure(`invalid option '${arg}'`);
  }
  return args.slice(at);
}

async function* readItems(shell: Shell, options: XargsOptions): AsyncGenerator<string> {
  const file = shell.files.get(0);
  if (file === undefined) return;
  const { delimiter, replace, lines } = options;
  for (;;) {
    const bytes = await file.readLine(delimiter?.charCodeAt(0), { signal: shell.signal });
    if (bytes.length === 0) return;
    let text = toText(bytes);
    if (delimiter !== undefined) {
      yield text.endsWith(delimiter) ? text.slice(0, -1) : text;
      continue;
    }
    text = text.replace(/\n$/, "");
    if (replace !== undefined) {
      if (text.trim() !== "") yield unquote(text.trimStart());
      continue;
    }
    const words = text.match(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
    if (lines !== undefined) {
      if (words.length > 0) yield words.map(unquote).join(" ");
    } else for (const word of words) yield unquote(word);
  }
}

function unquote(text: string): string {
  return text.replace(
    /"([^"]*)"|'([^']*)'|\\(.)/gs,
    (_, a: string, b: string, c: string) => a ?? b ?? c,
  );
}
