/** `wc`, `od` and `cmp`: bytes counted, shown and compared as they come. */
import type { Builtin } from "../shell.ts";
import { Failure } from "../flow.ts";
import type { OpenFile } from "../open-files.ts";
import { openFile } from "../redirect.ts";
import { eachInput } from "./copying.ts";

const PIECE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

interface Counts {
  lines: number;
  words: number;
  letters: number;
  bytes: number;
  longest: number;
}

/** @param wanted letters of what is counted; lines and bytes alone are counted fast */
async function count(file: OpenFile, wanted: string, signal: AbortSignal): Promise<Counts> {
  const isFast = !/[wmL]/.test(wanted);
  const hasLines = wanted.includes("l");
  const counts: Counts = { lines: 0, words: 0, letters: 0, bytes: 0, longest: 0 };
  let inWord = false;
  let width = 0;
  for (;;) {
    const bytes = await file.read(PIECE_BYTES, { signal });
    if (bytes.length === 0) break;
    counts.bytes += bytes.length;
    if (isFast) {
      if (hasLines) counts.lines += countLines(bytes);
      continue;
    }
    for (const byte of bytes) {
      const isBlank = byte === 0x20 || (byte >= 9 && byte <= 13);
      if (byte === NEWLINE) {
        counts.lines++;
        counts.longest = Math.max(counts.longest, width);
        width = 0;
      } else if ((byte & 0xc0) !== 0x80) width++;
      if ((byte & 0xc0) !== 0x80) counts.letters++;
      if (!isBlank && !inWord) counts.words++;
      inWord = !isBlank;
    }
  }
  counts.longest = Math.max(counts.longest, width);
  return counts;
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

const LONG: Readonly<Record<string, string>> = {
  "--lines": "l",
  "--words": "w",
  "--bytes": "c",
  "--chars": "m",
  "--max-line-length": "L",
};

export const wc: Builtin = async (shell, args) => {
  const options = args.filter((arg) => /^-./.test(arg));
  const flags = options.map((arg) => LONG[arg] ?? arg.slice(1)).join("");
  const names = args.filter((arg) => !/^-./.test(arg));
  if (/[^lwcmL]/.test(flags)) {
    await shell.warn(`wc: invalid option -- '${flags.replace(/[lwcmL]/g, "")[0] ?? ""}'\n`);
    return 1;
  }
  const wanted = flags === "" ? "lwc" : flags;
  const fields = (counts: Counts): number[] => [
    ...(wanted.includes("l") ? [counts.lines] : []),
    ...(wanted.includes("w") ? [counts.words] : []),
    ...(wanted.includes("m") ? [counts.letters] : []),
    ...(wanted.includes("c") ? [counts.bytes] : []),
    ...(wanted.includes("L") ? [counts.longest] : []),
  ];
  const rows: { readonly values: number[]; readonly name: string }[] = [];
  const total: Counts = { lines: 0, words: 0, letters: 0, bytes: 0, longest: 0 };
  const status = await eachInput(shell, "wc", names, async (file, name) => {
    const counts = await count(file, wanted, shell.signal);
    for (const key of ["lines", "words", "letters", "bytes"] as const) total[key] += counts[key];
    total.longest = Math.max(total.longest, counts.longest);
    rows.push({ values: fields(counts), name: names.length === 0 ? "" : name });
  });
  if (names.length > 1) rows.push({ values: fields(total), name: "total" });
  const isAlone = rows.length === 1 && (rows[0]?.values.length ?? 0) === 1;
  const digits = `${Math.max(total.bytes, ...rows.flatMap(({ values }) => values))}`.length;
  const width = isAlone ? 1 : names.length === 0 || names.includes("-") ? 7 : digits;
  for (const { values, name } of rows) {
    const text = values.map((value) => `${value}`.padStart(width)).join(" ");
    await shell.print(`${text}${name === "" ? "" : ` ${name}`}\n`);
  }
  return status;
};

interface Format {
  readonly size: number;
  readonly width: number;
  readonly show: (value: number) => string;
}

const NAMED = [
  "nul",
  "soh",
  "stx",
  "etx",
  "eot",
  "enq",
  "ack",
  "bel",
  "bs",
  "ht",
  "nl",
  "vt",
  "ff",
  "cr",
];
const ESCAPED: Readonly<Record<number, string>> = {
  0: "\\0",
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
};

function toFormat(type: string): Format {
  const kind = type[0] ?? "o";
  if (kind === "c") {
    return {
      size: 1,
      width: 3,
      show: (value) =>
        ESCAPED[value] ??
        (value >= 32 && value < 127
          ? String.fromCharCode(value)
          : value.toString(8).padStart(3, "0")),
    };
  }
  if (kind === "a") {
    return {
      size: 1,
      width: 3,
      show: (value) => NAMED[value] ?? (value === 32 ? "sp" : String.fromCharCode(value & 0x7f)),
    };
  }
  const size = Number(type.slice(1)) || { C: 1, S: 2, I: 4, L: 4 }[type[1] ?? ""] || 4;
  const base = kind === "x" ? 16 : kind === "o" ? 8 : 10;
  const most = 2 ** (8 * size) - 1;
  const width = most.toString(base).length + (kind === "d" ? 1 : 0);
  const show = (value: number): string => {
    if (kind === "d") return `${value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value}`;
    return kind === "u" ? `${value}` : value.toString(base).padStart(width, "0");
  };
  return { size, width: kind === "d" && size === 1 ? 4 : width, show };
}

export const od: Builtin = async (shell, args) => {
  const formats: Format[] = [];
  let address = "o";
  let limit = Infinity;
  let skip = 0;
  const names: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    const value = (): string => (arg.length > 2 ? arg.slice(2) : (args[++at] ?? ""));
    if (arg.startsWith("-A")) address = value();
    else if (arg.startsWith("-t"))
      for (const type of value().match(/[acdoux][CSIL\d]*/g) ?? []) formats.push(toFormat(type));
    else if (arg.startsWith("-N")) limit = Number(value());
    else if (arg.startsWith("-j")) skip = Number(value());
    else if (arg === "-v") continue;
    else if (/^-[abcdox]+$/.test(arg)) {
      for (const letter of arg.slice(1))
        formats.push(
          toFormat({ a: "a", b: "o1", c: "c", d: "u2", o: "o2", x: "x2" }[letter] ?? "o2"),
        );
    } else names.push(arg);
  }
  if (formats.length === 0) formats.push(toFormat("o2"));
  let offset = 0;
  let row: number[] = [];
  const place = (): string => {
    if (address === "n") return "";
    return offset
      .toString(address === "x" ? 16 : address === "d" ? 10 : 8)
      .padStart(address === "x" ? 6 : 7, "0");
  };
  const flush = async (): Promise<void> => {
    const narrowest = Math.min(...formats.map(({ size }) => size));
    for (const [index, { size, width, show }] of formats.entries()) {
      let text = index === 0 ? place() : " ".repeat(place().length);
      // Columns of several formats are below each other.
      const room = Math.max(
        ...formats.map((other) => ((other.width + 1) / other.size) * narrowest),
      );
      for (let at = 0; at < row.length; at += size) {
        let whole = 0;
        for (let byte = size - 1; byte >= 0; byte--) whole = whole * 256 + (row[at + byte] ?? 0);
        const cell =
          formats.length > 1 ? Math.max(width + 1, (room / narrowest) * size) : width + 1;
        text += show(whole).padStart(cell);
      }
      await shell.print(`${text}\n`);
    }
    offset += row.length;
    row = [];
  };
  const status = await eachInput(shell, "od", names, async (file) => {
    for (;;) {
      const bytes = await file.read(PIECE_BYTES, { signal: shell.signal });
      if (bytes.length === 0 || limit === 0) return;
      for (const byte of bytes) {
        if (skip > 0) {
          skip--;
          offset++;
          continue;
        }
        if (limit === 0) return;
        limit--;
        row.push(byte);
        if (row.length === 16) await flush();
      }
    }
  });
  if (row.length > 0) await flush();
  if (address !== "n") await shell.print(`${place()}\n`);
  return status;
};

export const cmp: Builtin = async (shell, args) => {
  const isSilent = args.includes("-s") || args.includes("--quiet");
  const [one = "-", two = "-"] = args.filter((arg) => arg === "-" || !arg.startsWith("-"));
  const read = async (name: string): Promise<Uint8Array> => {
    const file = name === "-" ? shell.file(0).share() : openFile(shell, name, "<");
    try {
      return await file.readAll({ signal: shell.signal });
    } finally {
      file.close();
    }
  };
  try {
    const [a, b] = [await read(one), await read(two)];
    const length = Math.min(a.length, b.length);
    for (let at = 0, line = 1; at < length; at++) {
      if (a[at] !== b[at]) {
        if (!isSilent) await shell.print(`${one} ${two} differ: byte ${at + 1}, line ${line}\n`);
        return 1;
      }
      if (a[at] === NEWLINE) line++;
    }
    if (a.length === b.length) return 0;
    const shorter = a.length < b.length ? one : two;
    if (!isSilent) await shell.warn(`cmp: EOF on ${shorter} after byte ${length}\n`);
    return 1;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await shell.warn(`cmp: ${error.message}\n`);
    return 2;
  }
};
