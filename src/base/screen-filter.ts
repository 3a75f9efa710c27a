/**
 * What a program's output may do to a terminal: print, and change the screen.
 *
 * An allowlist, since terminals differ in what else they obey: the clipboard, the title, files, printers, keys, links whose
 * text is not their address, and queries whose answers are typed back as if by a person. Images do not pass either, since
 * some terminals answer their commands.
 * A few bytes can cause minutes of work (`ESC [ 999999999 L`), so counts are limited to the size of the screen.
 */
import { createTerminalParser } from "./control-sequences.ts";
import type { TerminalToken } from "./control-sequences.ts";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A piece of output for the terminal. */
export interface ScreenPiece {
  readonly text: string;
  /** Estimate of the work that it causes, in printed characters. */
  readonly cost: number;
}

export interface ScreenFilter {
  /** The permitted part of the next piece of output; to be iterated to the end before the next piece is passed. */
  take(output: string): Generator<ScreenPiece, void, undefined>;
}

/** BEL, BS, HT, LF, VT, FF, CR, SO, SI. Terminals answer ENQ, and the others have no effect. */
const CONTROLS = new Set([7, 8, 9, 10, 11, 12, 13, 14, 15]);
/** Cursor and tabs, keypad, character sets, reset, lines of double width or height. */
const ESCAPES = /^(?:[78DEHM=>cno|}~]|#[34568]|[()*+\-./][!-/]?[0-9A-Za-z<=>])$/;
/** Final characters of `CSI`, by the characters before and after the digits. */
const SEQUENCES: Readonly<Record<string, string>> = {
  "": "@ABCDEFGHIJKLMPSTXZ`abdefghjklmrsu",
  "?": "JKhl",
  " ": "@Aq",
  "!": "p",
  '"': "q",
  "'": "}~",
  $: "rtvxz{",
};
/** Insert mode and newline mode; others lock the keyboard, or make the terminal echo what is typed. */
const MODES = new Set([4, 20]);
/** What the screen shows, and how; others make the terminal type by itself, such as the position of the mouse. */
const PRIVATE_MODES = new Set([
  1, 5, 6, 7, 8, 12, 25, 45, 47, 66, 69, 95, 1047, 1048, 1049, 2004, 2026,
]);
/** Colours may be set, but not queried. */
const COLOURS = /^(?:4|10|11|12|104|110|111|112)(?:;[^?]*)?$/;

const [ROWS, COLUMNS] = ["ABEFLMSTek", "@CDIPXZaj}~"];
/** Larger than any screen. */
const MOST = 9999;
/** More than any script stacks on one letter. A terminal draws each new combination anew, which takes milliseconds. */
const MARKS = 8;
/** Everything that terminals combine with the previous character. */
const MARK = /[\p{M}\p{Cf}\u1160-\u11ff]/u;
const LONGEST_TEXT = 4096;
/** The same for text with characters that cost more to draw. */
const LONGEST_FOREIGN_TEXT = 256;

/** @param size gives the present size of the screen */
export function createScreenFilter(size: () => ScreenSize): ScreenFilter {
  const parser = createTerminalParser();
  /** Number of marks on the last character; `MARKS` if the cursor may have moved away from it. */
  let marks = MARKS;
  /** The last character with its marks, for `REP`; empty if something else came after it. */
  let last = "";

  const print = (text: string): string => {
    // oxlint-disable-next-line no-control-regex -- all of ASCII is meant
    if (/^[\u0000-\u02ff]*$/.test(text)) {
      marks = 0;
      last = text.at(-1) ?? "";
      return text;
    }
    let printed = "";
    for (const char of text) {
      if (!MARK.test(char)) {
        marks = 0;
        last = char;
      } else if (marks < MARKS) {
        marks++;
        last += char;
      } else {
        continue;
      }
      printed += char;
    }
    return printed;
  };

  function* pass(token: TerminalToken): Generator<ScreenPiece, void, undefined> {
    if (token.type === "text") {
      for (let at = 0; at < token.text.length;) {
        const end = cutText(token.text, at);
        const text = print(token.text.slice(at, end));
        yield { text, cost: costOfText(text) };
        at = end;
      }
      return;
    }
    if (token.type === "csi" && token.final === "b" && /^\d*$/.test(token.parameters)) {
      const { columns, rows } = size();
      const count = Math.min(Number(token.parameters) || 1, columns * rows);
      const perPiece = Math.max(1, Math.floor(LONGEST_TEXT / (last.length || 1)));
      for (let left = last === "" ? 0 : count; left > 0; left -= perPiece) {
        const text = last.repeat(Math.min(left, perPiece));
        yield { text, cost: costOfText(text) };
      }
      last = "";
      return;
    }
    const piece = passSequence(token, size());
    if (piece === undefined) return;
    last = "";
    const keepsPlace = token.type === "string" || (token.type === "csi" && token.final === "m");
    if (!keepsPlace) marks = MARKS;
    yield piece;
  }

  return {
    *take(output) {
      for (const token of parser.take(output)) yield* pass(token);
    },
  };
}

/** Costs of a character beyond Latin, and of a mark on it: a terminal draws each kind anew when it first appears. */
const GLYPH_COST = 25;
const MARK_COST = 250;
const GLYPHS = /[\u0300-\u{10ffff}]/gu;
const ALL_MARKS = new RegExp(MARK.source, "gu");

function costOfText(text: string): number {
  const glyphs = text.match(GLYPHS)?.length ?? 0;
  if (glyphs === 0) return text.length;
  return text.length + glyphs * GLYPH_COST + (text.match(ALL_MARKS)?.length ?? 0) * MARK_COST;
}

/** Where to cut a long text, never within a character. */
function cutText(text: string, from: number): number {
  const isPlain = text.slice(from, from + LONGEST_TEXT).search(GLYPHS) === -1;
  const end = from + (isPlain ? LONGEST_TEXT : LONGEST_FOREIGN_TEXT);
  if (end >= text.length) return text.length;
  const code = text.charCodeAt(end);
  return code >= 0xdc00 && code < 0xe000 ? end - 1 : end;
}

function passSequence(
  token: Exclude<TerminalToken, { readonly type: "text" }>,
  size: ScreenSize,
): ScreenPiece | undefined {
  const screen = size.columns * size.rows;
  switch (token.type) {
    case "control":
      if (!CONTROLS.has(token.code)) return undefined;
      // A line feed may add a line.
      return { text: String.fromCharCode(token.code), cost: size.columns };
    case "escape": {
      const cost = /^(?:c|#8)$/.test(token.body) ? 4 * screen : size.columns;
      return ESCAPES.test(token.body) ? { text: `\u001b${token.body}`, cost } : undefined;
    }
    case "string": {
      const { kind, payload } = token;
      if (kind !== "]" || !COLOURS.test(payload)) return undefined;
      // The page rewrites its style sheet for each.
      return { text: `\u001b]${payload}\u001b\\`, cost: 50_000 };
    }
    case "csi":
      return passCsi(token.parameters, token.final, size);
    default:
      return token satisfies never;
  }
}

function passCsi(parameters: string, final: string, size: ScreenSize): ScreenPiece | undefined {
  const [, before = "", digits = "", behind = ""] =
    /^([<=>?]?)([0-9:;]*)([ -/]*)$/.exec(parameters) ?? [];
  const key = before + behind;
  const finals = Object.hasOwn(SEQUENCES, key) ? SEQUENCES[key] : undefined;
  const isReadable = parameters === before + digits + behind;
  if (finals?.includes(final) !== true || !isReadable) return undefined;
  // With more parameters, `CSI T` tracks the mouse.
  if (final === "T" && /[;:]/.test(digits)) return undefined;
  const isMode = behind === "" && (final === "h" || final === "l");
  const most = isMode ? MOST : mostOf(final, behind, size);
  const numbers = digits.replaceAll(/\d+/g, (number) => String(Math.min(Number(number), most)));
  const modes = before === "?" ? PRIVATE_MODES : MODES;
  const allowed = isMode
    ? numbers
        .split(";")
        .filter((mode) => modes.has(Number(mode)))
        .join(";")
    : numbers;
  if (isMode && allowed === "") return undefined;
  const text = `\u001b[${before}${allowed}${behind}${final}`;
  return { text, cost: costOf(final, behind, Number.parseInt(numbers, 10) || 1, size) };
}

function mostOf(final: string, behind: string, { columns, rows }: ScreenSize): number {
  if (behind === "$") return MOST;
  if (behind === "" && ROWS.includes(final)) return rows;
  return COLUMNS.includes(final) && behind !== '"' ? columns : MOST;
}

/** Measured with xterm.js, which prints a character in about 50 ns; rather too high than too low. */
function costOf(final: string, behind: string, count: number, size: ScreenSize): number {
  const { columns, rows } = size;
  if (behind === "$" || behind === "'" || behind === " ") return 4 * columns * rows;
  if ("LMST".includes(final)) return count * (2 * rows + columns);
  if ("Jhlp".includes(final)) return 4 * columns * rows;
  if ("@PXK".includes(final)) return 2 * columns;
  if ("IZ".includes(final)) return 10 * count;
  return 20;
}
