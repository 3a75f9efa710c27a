/** `cat`, `head`, `tail` and `tee`, which pass bytes on as they arrive. */
import type { Builtin } from "../shell.ts";
import { Failure } from "../flow.ts";
import type { OpenFile } from "../open-files.ts";
import { openFile } from "../redirect.ts";
import type { Shell } from "../shell.ts";
import { FileError } from "../system.ts";
import { concatBytes } from "#base";
import { toText } from "../text.ts";

const PIECE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
/** The interval of `tail -f`. */
const FOLLOW_MS = 200;

/** Calls `use` for each operand, with standard input for `-` or without operands; reports what cannot be read. */
export async function eachInput(
  shell: Shell,
  tool: string,
  names: readonly string[],
  use: (file: OpenFile, name: string, index: number) => Promise<void>,
): Promise<number> {
  let status = 0;
  for (const [index, name] of (names.length > 0 ? names : ["-"]).entries()) {
    try {
      if (name !== "-" && shell.system.files.stat(shell.path(name))?.type === "directory") {
        throw new FileError("EISDIR");
      }
      const file = name === "-" ? shell.file(0).share() : openFile(shell, name, "<");
      try {
        await use(file, name, index);
      } finally {
        file.close();
      }
    } catch (error) {
      if (!(error instanceof Failure) && !(error instanceof FileError)) throw error;
      const said = error instanceof FileError ? `${name}: ${error.message}` : error.message;
      await shell.warn(`${tool}: ${said}\n`);
      status = 1;
    }
  }
  return status;
}

export const cat: Builtin = async (shell, args) => {
  const flags = args.filter((arg) => /^-[A-Za-z]+$/.test(arg)).join("");
  const names = args.filter((arg) => !/^-[A-Za-z]+$/.test(arg) && arg !== "--");
  const signal = shell.signal;
  let number = 0;
  return await eachInput(shell, "cat", names, async (file) => {
    if (!/[nbEATve]/.test(flags)) {
      for (;;) {
        const bytes = await file.read(PIECE_BYTES, { signal });
        if (bytes.length === 0) return;
        await shell.file(1).write(bytes, { signal });
      }
    }
    for (;;) {
      const bytes = await file.readLine(NEWLINE, { signal });
      if (bytes.length === 0) return;
      const ends = bytes.at(-1) === NEWLINE;
      let text = toText(ends ? bytes.subarray(0, -1) : bytes);
      if (/[AT]/.test(flags)) text = text.replaceAll("\t", "^I");
      if (/[AEe]/.test(flags) && ends) text += "$";
      const counts = flags.includes("b") ? text !== "" : flags.includes("n");
      const mark = counts ? `${`${++number}`.padStart(6)}\t` : "";
      await shell.print(mark + text + (ends ? "\n" : ""));
    }
  });
};

interface Amount {
  unit: "lines" | "bytes";
  count: number;
  /** `+` for tail, `-` for head. */
  isFromOther: boolean;
  quiet: boolean;
  verbose: boolean;
  follows: boolean;
  names: string[];
}

function parseAmount(args: readonly string[], other: string): Amount | string {
  const amount: Amount = {
    unit: "lines",
    count: 10,
    isFromOther: false,
    quiet: false,
    verbose: false,
    follows: false,
    names: [],
  };
  const take = (text: string): boolean => {
    const match = /^([-+]?)(\d+)([kKMG]?)B?$/.exec(text);
    if (match === null) return false;
    const factor = { k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[3] ?? ""] ?? 1;
    amount.count = Number(match[2]) * factor;
    amount.isFromOther = match[1] === other;
    return true;
  };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    const long = /^--(lines|bytes)(?:=(.*))?$/.exec(arg);
    const short = /^-([nc])(.*)$/.exec(arg);
    if (long !== null || short !== null) {
      amount.unit = (long?.[1] ?? short?.[1]) === "bytes" || short?.[1] === "c" ? "bytes" : "lines";
      const inline = long?.[2] ?? short?.[2] ?? "";
      const text = inline === "" ? (args[++at] ?? "") : inline;
      if (!take(text)) return `invalid number of ${amount.unit}: '${text}'`;
    } else if (/^-\d+$/.test(arg)) take(arg.slice(1));
    else if (/^\+\d+$/.test(arg) && other === "+") take(arg);
    else if (arg === "-q" || arg === "--quiet") amount.quiet = true;
    else if (arg === "-v") amount.verbose = true;
    else if (arg === "-f" || arg === "-F" || arg === "--follow") amount.follows = true;
    else if (/^-[^-]/.test(arg)) return `invalid option -- '${arg.slice(1)}'`;
    else if (arg !== "--") amount.names.push(arg);
  }
  return amount;
}

async function showName(
  shell: Shell,
  { quiet, verbose, names }: Amount,
  name: string,
  index: number,
): Promise<void> {
  if ((names.length < 2 && !verbose) || quiet) return;
  await shell.print(`${index > 0 ? "\n" : ""}==> ${name === "-" ? "standard input" : name} <==\n`);
}

export const head: Builtin = async (shell, args) => {
  const amount = parseAmount(args, "-");
  if (typeof amount === "string") {
    await shell.warn(`head: ${amount}\n`);
    return 1;
  }
  const { signal } = shell;
  return await eachInput(shell, "head", amount.names, async (file, name, index) => {
    await showName(shell, amount, name, index);
    if (amount.isFromOther) {
      const bytes = await file.readAll({ signal });
      const end =
        amount.unit === "bytes"
          ? Math.max(0, bytes.length - amount.count)
          : startOfLast(bytes, amount.count);
      await shell.file(1).write(bytes.slice(0, end), { signal });
      return;
    }
    for (let left = amount.count; left > 0;) {
      if (amount.unit === "lines") {
        const bytes = await file.read(PIECE_BYTES, { signal });
        if (bytes.length === 0) return;
        let end = 0;
        while (left > 0 && end < bytes.length) {
          const next = bytes.indexOf(NEWLINE, end);
          if (next < 0) {
            end = bytes.length;
            break;
          }
          end = next + 1;
          left--;
        }
        file.unread(bytes.subarray(end));
        await shell.file(1).write(bytes.subarray(0, end), { signal });
      } else {
        const bytes = await file.read(Math.min(left, PIECE_BYTES), { signal });
        if (bytes.length === 0) return;
        left -= bytes.length;
        await shell.file(1).write(bytes, { signal });
      }
    }
  });
};

/** The offset of the last lines. */
function startOfLast(bytes: Uint8Array, lines: number): number {
  let at = bytes.at(-1) === NEWLINE ? bytes.length - 1 : bytes.length;
  for (let left = lines; left > 0; left--) {
    const before = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1);
    if (before < 0) return 0;
    at = before;
  }
  return lines === 0 ? bytes.length : at + 1;
}

export const tail: Builtin = async (shell, args) => {
  const amount = parseAmount(args, "+");
  if (typeof amount === "string") {
    await shell.warn(`tail: ${amount}\n`);
    return 1;
  }
  const { signal } = shell;
  return await eachInput(shell, "tail", amount.names, async (file, name, index) => {
    await showName(shell, amount, name, index);
    if (amount.isFromOther) await skip(file, amount, signal);
    else {
      let bytes: Uint8Array = new Uint8Array(0);
      for (;;) {
        const more = await file.read(PIECE_BYTES, { signal });
        if (more.length === 0) break;
        const all = concatBytes([bytes, more]);
        bytes = all.subarray(startOf(all, amount));
      }
      await shell.file(1).write(bytes.slice(), { signal });
      if (!amount.follows || index < amount.names.length - 1) return;
    }
    for (;;) {
      const bytes = await file.read(PIECE_BYTES, { signal });
      if (bytes.length > 0) await shell.file(1).write(bytes, { signal });
      else if (!amount.follows) return;
      else await shell.system.sleep(FOLLOW_MS, { signal });
    }
  });
};

function startOf(bytes: Uint8Array, { unit, count }: Amount): number {
  return unit === "bytes" ? Math.max(0, bytes.length - count) : startOfLast(bytes, count);
}

async function skip(file: OpenFile, { unit, count }: Amount, signal: AbortSignal): Promise<void> {
  for (let left = count - 1; left > 0;) {
    const bytes =
      unit === "lines"
        ? await file.readLine(NEWLINE, { signal })
        : await file.read(left, { signal });
    if (bytes.length === 0) return;
    left -= unit === "lines" ? 1 : bytes.length;
  }
}

export const tee: Builtin = async (shell, args) => {
  const appends = args.includes("-a") || args.includes("--append");
  const names = args.filter((arg) => !/^-./.test(arg));
  const { signal } = shell;
  const outputs: OpenFile[] = [shell.file(1).share()];
  let status = 0;
  try {
    for (const name of names) {
      try {
        outputs.push(openFile(shell, name, appends ? ">>" : ">"));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        await shell.warn(`tee: ${error.message}\n`);
        status = 1;
      }
    }
    for (;;) {
      const bytes = await shell.file(0).read(PIECE_BYTES, { signal });
      if (bytes.length === 0) return status;
      for (const output of outputs) await output.write(bytes, { signal });
    }
  } finally {
    for (const output of outputs) output.close();
  }
};
