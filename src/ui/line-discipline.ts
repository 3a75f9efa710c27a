/**
 * What a terminal does between keys and program: echo, editing of the current line, and the keys that mean something.
 *
 * Guests see whole lines, as they would from any terminal in its normal mode; WASI has no way to ask for another.
 */
import { encodeText } from "#base";
import { widthOf } from "./cell-width.ts";

/** What a piece of input leads to, in order. */
type LineEvent =
  /** Text to be shown. */
  | { readonly type: "echo"; readonly text: string }
  /** Bytes for the program. */
  | { readonly type: "input"; readonly bytes: Uint8Array }
  /** Ctrl-D on an empty line: the program's input ends. */
  | { readonly type: "end" }
  /** Ctrl-C, which has discarded the line; `again` when it follows another one within a second. */
  | { readonly type: "interrupt"; readonly again: boolean };

export interface LineDiscipline {
  /** Takes what was typed or pasted, in one piece or many. @param timeMs when, on any clock */
  take(typed: string, timeMs: number): LineEvent[];
}

const AGAIN_MS = 1000;
const MOST_PARTS = 64;
/** Cursor and function keys, as the terminal reports them. */
const ESCAPE = "\u001b";
const AFTER_ESCAPE = /^(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?/u;

export function createLineDiscipline(): LineDiscipline {
  const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  let line = "";
  let interruptedMs = -Infinity;

  const erase = (from: number): LineEvent[] => {
    const erased = line.slice(from);
    if (erased === "") return [];
    line = line.slice(0, from);
    // A tab is shown as one blank.
    return [{ type: "echo", text: eraseCells(widthOf(erased)) }];
  };
  /** Where what is seen as the last character begins, which has no more than so many parts. */
  const startOfLast = (): number => {
    const from = Math.max(0, line.length - MOST_PARTS);
    return from + ([...characters.segment(line.slice(from))].at(-1)?.index ?? 0);
  };
  const send = (ending: string): LineEvent => {
    const text = line + ending;
    line = "";
    return { type: "input", bytes: encodeText(text) };
  };
  const takeKey = (key: string, timeMs: number): LineEvent[] => {
    switch (key) {
      case "\r":
      case "\n":
        return [{ type: "echo", text: "\r\n" }, send("\n")];
      case "\u007f":
      case "\b":
        return erase(startOfLast());
      case "\u0015": // Ctrl-U
        return erase(0);
      case "\u0017": // Ctrl-W
        return erase(line.search(/\S*\s*$/));
      case "\u0004": // Ctrl-D
        return line === "" ? [{ type: "end" }] : [send("")];
      case "\u0003": {
        // Ctrl-C
        const again = timeMs - interruptedMs <= AGAIN_MS;
        line = "";
        interruptedMs = timeMs;
        return [
          { type: "echo", text: "^C\r\n" },
          { type: "interrupt", again },
        ];
      }
      case "\t":
        // So that it can be erased like any other character.
        line += key;
        return [{ type: "echo", text: " " }];
      default:
        if (key < " ") return [];
        line += key;
        return [{ type: "echo", text: key }];
    }
  };

  return {
    take(typed, timeMs) {
      const events: LineEvent[] = [];
      let rest = typed.replaceAll("\r\n", "\r");
      while (rest !== "") {
        const key = String.fromCodePoint(rest.codePointAt(0) ?? 0);
        rest = rest.slice(key.length);
        // Cursor and function keys have no meaning here.
        if (key === ESCAPE) rest = rest.replace(AFTER_ESCAPE, "");
        else events.push(...takeKey(key, timeMs));
      }
      return events;
    },
  };
}

/**
 * Goes back that many cells, into the row above where the line was wrapped (reverse wraparound, which is off again behind),
 * and blanks each.
 */
function eraseCells(count: number): string {
  return `\u001b[?45h${"\b\u001b[X".repeat(count)}\u001b[?45l`;
}
