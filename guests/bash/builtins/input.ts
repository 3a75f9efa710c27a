/** `read` and `mapfile`. */
import { assignText } from "../assign.ts";
import { ifsOf } from "../expand.ts";
import { Failure, Killed } from "../flow.ts";
import { toFields } from "../pieces.ts";
import type { Shell } from "../shell.ts";
import { toText } from "../text.ts";
import type { Builtin } from "../shell.ts";

interface ReadOptions {
  raw: boolean;
  array?: string;
  delimiter: string;
  count?: number;
  exactly: boolean;
  timeoutMs?: number;
  descriptor: number;
}

export const read: Builtin = async (shell, args) => {
  const options: ReadOptions = { raw: false, delimiter: "\n", exactly: false, descriptor: 0 };
  const names = await parseOptions(shell, args, options);
  const file = shell.file(options.descriptor);
  const waiting = new AbortController();
  const signal = AbortSignal.any([shell.signal, waiting.signal]);
  const timer = options.timeoutMs === undefined ? undefined : new AbortController();
  if (timer !== undefined) {
    void shell.system.sleep(options.timeoutMs ?? 0, { signal: timer.signal }).then(
      () => waiting.abort(new Killed(14)),
      () => undefined,
    );
  }
  try {
    const { text, ended } = await readRecord(shell, options, (limit) =>
      limit === undefined
        ? file.readLine(options.delimiter === "" ? 0 : options.delimiter.charCodeAt(0), { signal })
        : file.read(limit, { signal }),
    );
    await store(shell, names, text, options);
    return ended ? 1 : 0;
  } catch (error) {
    if (!waiting.signal.aborted || shell.signal.aborted) throw error;
    await store(shell, names, "", options);
    return 142;
  } finally {
    timer?.abort();
  }
};

async function parseOptions(
  shell: Shell,
  args: readonly string[],
  options: ReadOptions,
): Promise<string[]> {
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return args.slice(at + 1);
    if (!/^-[a-zA-Z]/.test(arg)) break;
    for (let letterAt = 1; letterAt < arg.length; letterAt++) {
      const letter = arg[letterAt] ?? "";
      if (letter === "r") options.raw = true;
      else if (!"se".includes(letter)) {
        const value = letterAt + 1 < arg.length ? arg.slice(letterAt + 1) : args[++at];
        if (value === undefined)
          throw new Failure(`-${letter}: option requires an argument`, { status: 2 });
        if (letter === "p") await shell.warn(value);
        else if (letter === "a") options.array = value;
        else if (letter === "d") options.delimiter = value.slice(0, 1);
        else if (letter === "u") options.descriptor = Number(value);
        else if (letter === "t") options.timeoutMs = Number(value) * 1000;
        else if (letter === "n" || letter === "N") {
          options.count = Number(value);
          options.exactly = letter === "N";
        } else throw new Failure(`-${letter}: invalid option`, { status: 2 });
        break;
      }
    }
  }
  return args.slice(at);
}

type Fetch = (limit: number | undefined) => Promise<Uint8Array>;

/** A line, with its backslashes where they are raw; continued lines are one. */
async function readRecord(
  shell: Shell,
  options: ReadOptions,
  fetch: Fetch,
): Promise<{ text: string; ended: boolean }> {
  const delimiter = options.delimiter === "" ? "\0" : options.delimiter;
  if (options.count !== undefined) {
    let text = "";
    while (Array.from(text).length < options.count) {
      const bytes = await fetch(1);
      if (bytes.length === 0) return { text, ended: true };
      const letter = toText(bytes);
      if (!options.exactly && letter === delimiter) return { text, ended: false };
      text += letter;
    }
    return { text, ended: false };
  }
  let text = "";
  for (;;) {
    shell.checkSignal();
    const bytes = await fetch(undefined);
    const line = toText(bytes);
    const ended = !line.endsWith(delimiter);
    text += ended ? line : line.slice(0, -delimiter.length);
    if (!ended && !options.raw && /(^|[^\\])(\\\\)*\\$/.test(text)) {
      text = text.slice(0, -1);
      continue;
    }
    return { text, ended };
  }
}

async function store(
  shell: Shell,
  names: readonly string[],
  text: string,
  { raw, array, exactly }: ReadOptions,
): Promise<void> {
  const ifs = ifsOf(shell);
  if (array !== undefined) {
    const fields = toFields(toReadPieces(text, raw), ifs);
    shell.variables.setElements(array, new Map(fields.map((field, at) => [at, field.text])));
    return;
  }
  if (names.length === 0) {
    await assignText(shell, "REPLY", raw ? text : unescape(text));
    return;
  }
  if (exactly) return await assignText(shell, names[0] ?? "REPLY", text);
  let rest = trimStart(text, ifs);
  for (const [at, name] of names.entries()) {
    const isLast = at === names.length - 1;
    const { word, after } = isLast
      ? { word: trimLast(rest, ifs, raw), after: "" }
      : takeWord(rest, ifs, raw);
    await assignText(shell, name, raw ? word : unescape(word));
    rest = after;
  }
}

function toReadPieces(
  text: string,
  raw: boolean,
): { text: string; quoted?: boolean; split?: boolean }[] {
  if (raw) return [{ text, split: true }];
  return text
    .split(/(\\.)/s)
    .map((part, at) =>
      at % 2 === 1 ? { text: part.slice(1), quoted: true } : { text: part, split: true },
    );
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, "$1");
}

const BLANK = /[ \t\n]/;

function trimStart(text: string, ifs: string): string {
  let at = 0;
  while (at < text.length && BLANK.test(text[at] ?? "") && ifs.includes(text[at] ?? "")) at++;
  return text.slice(at);
}

function trimEnd(text: string, ifs: string): string {
  let end = text.length;
  while (end > 0 && BLANK.test(text[end - 1] ?? "") && ifs.includes(text[end - 1] ?? "")) end--;
  return text.slice(0, end);
}

/** The rest of a line for the last name: all of it, but one delimiter at its end if it is the only one. */
function trimLast(text: string, ifs: string, raw: boolean): string {
  const trimmed = trimEnd(text, ifs);
  const { word, after } = takeWord(trimmed, ifs, raw);
  return after === "" && word !== trimmed ? word : trimmed;
}

function takeWord(text: string, ifs: string, raw: boolean): { word: string; after: string } {
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (letter === "\\" && !raw) {
      at++;
      continue;
    }
    if (!ifs.includes(letter)) continue;
    let after = trimStart(text.slice(at), ifs);
    const isBlank = BLANK.test(letter);
    if (!isBlank) after = text.slice(at + 1);
    else if (after !== "" && ifs.includes(after[0] ?? "")) after = after.slice(1);
    return { word: text.slice(0, at), after: trimStart(after, ifs) };
  }
  return { word: text, after: "" };
}

export const mapfile: Builtin = async (shell, args) => {
  let strips = false;
  let limit = Infinity;
  let delimiter = "\n";
  let skips = 0;
  let name = "MAPFILE";
  let descriptor = 0;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "-t") strips = true;
    else if (arg === "-n") limit = Number(args[++at]) || Infinity;
    else if (arg === "-d") delimiter = args[++at] ?? "";
    else if (arg === "-s") skips = Number(args[++at]);
    else if (arg === "-u") descriptor = Number(args[++at]);
    else if (!arg.startsWith("-")) name = arg;
    else throw new Failure(`${arg}: invalid option`, { status: 2 });
  }
  const file = shell.file(descriptor);
  const code = delimiter === "" ? 0 : delimiter.charCodeAt(0);
  const lines: string[] = [];
  while (lines.length < limit) {
    const bytes = await file.readLine(code, { signal: shell.signal });
    if (bytes.length === 0) break;
    if (skips-- > 0) continue;
    const ends = bytes.at(-1) === code;
    lines.push(toText(strips && ends ? bytes.subarray(0, -1) : bytes));
  }
  shell.variables.setElements(name, new Map(lines.entries()));
  return 0;
};
