/**
 * The line discipline between keyboard and program: echo, line editing, and control keys.
 *
 * Guests read whole lines, as from any terminal in canonical mode; WASI cannot request another mode.
 */
import { encodeText } from "./bytes.ts";
import { widthOf } from "./cell-width.ts";

/** The effects of input, in order. */
type LineEvent =
  /** Text to be shown. */
  | { readonly type: "echo"; readonly text: string }
  /** Bytes for the program. */
  | { readonly type: "input"; readonly bytes: Uint8Array }
  /** Ctrl-D on an empty line: the program's input ends. */
  | { readonly type: "end" }
  /** Ctrl-C, which discards the line; `again` when it follows another one within a second. */
  | { readonly type: "interrupt"; readonly again: boolean };

export interface LineDiscipline {
  /** Handles typed or pasted text, in pieces of any size. @param timeMs the time, by any clock */
  take(typed: string, timeMs: number): LineEvent[];
}

const AGAIN_MS = 1000;
const MOST_PARTS = 64;
/** The longest line, in characters; further keys are dropped, as by other terminals beyond 4 KiB. */
const LINE_LENGTH = 256 * 1024;
const BLANK = /\s/;
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
    // A tab is echoed as one blank.
    return [{ type: "echo", text: eraseCells(widthOf(erased)) }];
  };
  /** Start of the last grapheme, which is limited to `MOST_PARTS` code units. */
  const startOfLast = (): number => {
    const from = Math.max(0, line.length - MOST_PARTS);
    return from + ([...characters.segment(line.slice(from))].at(-1)?.index ?? 0);
  };
  /** Start of the last word. A regular expression would be tried at each place of a line, which may be hostile. */
  const startOfWord = (): number => {
    let at = line.trimEnd().length;
    while (at > 0 && !BLANK.test(line.charAt(at - 1))) at--;
    return at;
  };
  const add = (key: string, echo: string): LineEvent[] => {
    if (line.length >= LINE_LENGTH) return [];
    line += key;
    return [{ type: "echo", text: echo }];
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
        return erase(startOfWord());
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
        // Echoed as a blank, so that it can be erased like any other character.
        return add(key, " ");
      default:
        if (key < " ") return [];
        return add(key, key);
    }
  };

  let afterReturn = false;
  return {
    take(typed, timeMs) {
      const events: LineEvent[] = [];
      // A pair of both may come in two pieces.
      const added = afterReturn && typed.startsWith("\n") ? typed.slice(1) : typed;
      if (typed !== "") afterReturn = typed.endsWith("\r");
      let rest = added.replaceAll("\r\n", "\r");
      while (rest !== "") {
        const key = String.fromCodePoint(rest.codePointAt(0) ?? 0);
        rest = rest.slice(key.length);
        // Cursor and function keys are ignored.
        if (key === ESCAPE) rest = rest.replace(AFTER_ESCAPE, "");
        else events.push(...takeKey(key, timeMs));
      }
      return events;
    },
  };
}

/** Erases cells to the left, with reverse wraparound into the row above, which is switched off again afterwards. */
function eraseCells(count: number): string {
  return `\u001b[?45h${"\b\u001b[X".repeat(count)}\u001b[?45l`;
}
