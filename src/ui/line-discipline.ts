/**
 * What a terminal does between keys and program: echo, editing of the current line, and the keys that mean something.
 *
 * Guests see whole lines, as they would from any terminal in its normal mode; WASI has no way to ask for another.
 */
import { encodeText } from "#base";

/** What a piece of input leads to, in order. */
type LineEvent =
  /** Text to be shown. */
  | { readonly type: "echo"; readonly text: string }
  /** Bytes for the program. */
  | { readonly type: "input"; readonly bytes: Uint8Array }
  /** Ctrl-D on an empty line: the program's input ends. */
  | { readonly type: "end" }
  /** Ctrl-C. */
  | { readonly type: "interrupt" };

export interface LineDiscipline {
  /** Takes what was typed or pasted, in one piece or many. */
  take(typed: string): LineEvent[];
}

/** Cursor and function keys, as the terminal reports them. */
const ESCAPE = "\u001b";
const AFTER_ESCAPE = /^(?:\[[0-9;?]*[ -/]*[@-~]|O.|.)?/u;
const ERASE = "\b \b";

export function createLineDiscipline(): LineDiscipline {
  let line: string[] = [];

  const erase = (count: number): LineEvent => {
    line.length -= count;
    return { type: "echo", text: ERASE.repeat(count) };
  };
  const send = (ending: string): LineEvent => {
    const text = line.join("") + ending;
    line = [];
    return { type: "input", bytes: encodeText(text) };
  };
  const takeKey = (key: string): LineEvent[] => {
    switch (key) {
      case "\r":
      case "\n":
        return [{ type: "echo", text: "\r\n" }, send("\n")];
      case "\u007f":
      case "\b":
        return line.length > 0 ? [erase(1)] : [];
      case "\u0015": // Ctrl-U
        return line.length > 0 ? [erase(line.length)] : [];
      case "\u0017": // Ctrl-W
        return line.length > 0 ? [erase(lastWordLength(line))] : [];
      case "\u0004": // Ctrl-D
        return line.length > 0 ? [send("")] : [{ type: "end" }];
      case "\u0003": // Ctrl-C
        line = [];
        return [{ type: "echo", text: "^C\r\n" }, { type: "interrupt" }];
      case "\t":
        // Shown as one blank, so that it can be erased like any other character.
        line.push(key);
        return [{ type: "echo", text: " " }];
      default:
        if (key < " ") return [];
        line.push(key);
        return [{ type: "echo", text: key }];
    }
  };

  return {
    take(typed) {
      const events: LineEvent[] = [];
      let rest = typed.replaceAll("\r\n", "\r");
      while (rest !== "") {
        const key = String.fromCodePoint(rest.codePointAt(0) ?? 0);
        rest = rest.slice(key.length);
        // Cursor and function keys have no meaning here.
        if (key === ESCAPE) rest = rest.replace(AFTER_ESCAPE, "");
        else events.push(...takeKey(key));
      }
      return events;
    },
  };
}

function lastWordLength(line: readonly string[]): number {
  return /\S*\s*$/.exec(line.join(""))?.[0].length ?? 0;
}
