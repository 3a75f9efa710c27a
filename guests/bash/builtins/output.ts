/** `echo` and `printf`. */
import { assignText } from "../assign.ts";
import { evaluateText } from "../arithmetic.ts";
import { Failure } from "../flow.ts";
import { escapeText, quoteWord } from "../quote.ts";
import type { Shell } from "../shell.ts";
import { toBytes, toText } from "../text.ts";
import { formatDate } from "./format-date.ts";

export async function echo(shell: Shell, args: readonly string[]): Promise<number> {
  let newline = true;
  let escapes = shell.shopt.has("xpg_echo");
  let at = 0;
  for (; at < args.length && /^-[neE]+$/.test(args[at] ?? ""); at++) {
    for (const letter of (args[at] ?? "").slice(1)) {
      if (letter === "n") newline = false;
      else escapes = letter === "e";
    }
  }
  let text = args.slice(at).join(" ");
  if (escapes) text = escapeText(text, { zeroOctal: true, onEnd: () => (newline = false) });
  await shell.print(newline ? `${text}\n` : text);
  return 0;
}

export async function printf(shell: Shell, args: readonly string[]): Promise<number> {
  let rest = [...args];
  let target: string | undefined;
  if (rest[0] === "-v") {
    target = rest[1];
    rest = rest.slice(2);
  } else if (rest[0]?.startsWith("-v") === true) {
    target = rest[0].slice(2);
    rest = rest.slice(1);
  }
  if (rest[0] === "--") rest = rest.slice(1);
  const [format, ...values] = rest;
  if (format === undefined)
    throw new Failure("usage: printf [-v var] format [arguments]", { status: 2 });
  const printer = new Printer(shell, values);
  const text = await printer.run(format);
  if (target === undefined) await shell.print(text);
  else await assignText(shell, target, text);
  return printer.status;
}

const DIRECTIVE =
  /%(?:%|([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|L|j|z|t|q)?(\([^)]*\)T|[a-zA-Z]))/g;

class Printer {
  status = 0;
  readonly #shell: Shell;
  readonly #values: readonly string[];
  #next = 0;
  #ended = false;

  constructor(shell: Shell, values: readonly string[]) {
    this.#shell = shell;
    this.#values = values;
  }

  async run(format: string): Promise<string> {
    let out = "";
    do {
      const before = this.#next;
      out += await this.#once(format);
      if (this.#next === before) break;
    } while (this.#next < this.#values.length && !this.#ended);
    return out;
  }

  async #once(format: string): Promise<string> {
    let out = "";
    let last = 0;
    for (const match of format.matchAll(DIRECTIVE)) {
      out += this.#escape(format.slice(last, match.index));
      last = match.index + match[0].length;
      if (this.#ended) return out;
      out += match[0] === "%%" ? "%" : await this.#directive(match);
      if (this.#ended) return out;
    }
    return out + this.#escape(format.slice(last));
  }

  #escape(text: string): string {
    return escapeText(text, { onEnd: () => (this.#ended = true) });
  }

  #take(): string | undefined {
    return this.#values[this.#next++];
  }

  async #directive(match: RegExpExecArray): Promise<string> {
    let flags = match[1] ?? "";
    let width =
      match[2] === "*" ? Number(await this.#number(this.#take() ?? "0")) : Number(match[2] ?? 0);
    if (width < 0) {
      flags += "-";
      width = -width;
    }
    const precision =
      match[3] === undefined
        ? undefined
        : match[3] === "*"
          ? Number(await this.#number(this.#take() ?? "0"))
          : Number(match[3] || 0);
    const kind = match[4] ?? "s";
    const text = await this.#convert(kind, flags, precision);
    const isNumber = "diouxXeEfFgGaA".includes(kind);
    if (flags.includes("-")) return padEnd(text, width);
    const pads =
      flags.includes("0") && isNumber && (precision === undefined || "eEfFgG".includes(kind));
    if (!pads) return padStart(text, width);
    const sign = /^([-+ ]?(?:0[xX])?)/.exec(text)?.[1] ?? "";
    return sign + text.slice(sign.length).padStart(width - sign.length, "0");
  }

  async #convert(kind: string, flags: string, precision: number | undefined): Promise<string> {
    if (kind.endsWith("T")) {
      const given = this.#take();
      const seconds = given === undefined || given === "-1" ? Date.now() / 1000 : Number(given);
      return formatDate(kind.slice(1, -2) || "%X", new Date(seconds * 1000));
    }
    switch (kind) {
      case "s":
        return cut(this.#take() ?? "", precision);
      case "b":
        return cut(
          escapeText(this.#take() ?? "", { zeroOctal: true, onEnd: () => (this.#ended = true) }),
          precision,
        );
      case "q":
      case "Q":
        return quoteWord(this.#take() ?? "");
      case "c":
        return Array.from(this.#take() ?? "")[0] ?? "";
      case "d":
      case "i": {
        const value = await this.#number(this.#take());
        const digits = `${value < 0n ? -value : value}`.padStart(precision ?? 1, "0");
        return `${signOf(value < 0n, flags)}${digits}`;
      }
      case "u":
      case "o":
      case "x":
      case "X": {
        const value = BigInt.asUintN(64, await this.#number(this.#take()));
        const base = kind === "o" ? 8 : kind === "u" ? 10 : 16;
        const digits = value.toString(base).padStart(precision ?? 1, "0");
        const marked =
          flags.includes("#") && value !== 0n
            ? `${kind === "o" ? "0" : base === 16 ? "0x" : ""}${digits}`
            : digits;
        return kind === "X" ? marked.toUpperCase() : marked;
      }
      case "e":
      case "E":
      case "f":
      case "F":
      case "g":
      case "G":
        return this.#float(kind, flags, precision ?? 6, this.#take() ?? "0");
      default:
        throw new Failure(`\`${kind}': invalid format character`);
    }
  }

  #float(kind: string, flags: string, precision: number, text: string): string {
    const value = /^["']/.test(text)
      ? (text.codePointAt(1) ?? 0)
      : Number(text.trim() === "" ? "0" : text);
    if (Number.isNaN(value)) return this.#invalid(text) || (0).toFixed(precision);
    if (!Number.isFinite(value)) return `${signOf(value < 0, flags)}inf`;
    const size = Math.abs(value);
    let digits: string;
    if (kind === "f" || kind === "F") digits = size.toFixed(Math.min(precision, 100));
    else if (kind === "e" || kind === "E") digits = exponential(size, precision);
    else {
      const places = precision === 0 ? 1 : precision;
      const exponent = size === 0 ? 0 : Number(size.toExponential(places - 1).split("e")[1]);
      const isPlain = exponent >= -4 && exponent < places;
      digits = isPlain
        ? size.toFixed(Math.max(0, places - 1 - exponent))
        : exponential(size, places - 1);
      if (!flags.includes("#") && digits.includes(".")) digits = digits.replace(/\.?0+(e|$)/, "$1");
    }
    const signed = signOf(value < 0 || Object.is(value, -0), flags) + digits;
    return kind === kind.toUpperCase() ? signed.toUpperCase() : signed;
  }

  #invalid(text: string): string {
    this.status = 1;
    void this.#shell.complain(`printf: ${text}: invalid number`);
    return "";
  }

  async #number(text: string | undefined): Promise<bigint> {
    if (text === undefined || text.trim() === "") return 0n;
    if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
    const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
    if (match === null) {
      this.#invalid(text);
      return 0n;
    }
    if (match[0].length < text.trimEnd().length) this.#invalid(text);
    const value = await evaluateText(this.#shell, match[2] ?? "0");
    return match[1] === "-" ? -value : value;
  }
}

function signOf(isNegative: boolean, flags: string): string {
  if (isNegative) return "-";
  return flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function exponential(value: number, precision: number): string {
  return value.toExponential(Math.min(precision, 100)).replace(/e([+-])(\d)$/, "e$10$2");
}

/** Widths count bytes. */
function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : toText(toBytes(text).subarray(0, precision));
}

function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - toBytes(text).length)) + text;
}

function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - toBytes(text).length));
}
