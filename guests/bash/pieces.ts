/** What words expand to before they become fields, and how they do. */
import { escapePattern, escapeRegExp } from "./pattern.ts";

export interface Piece {
  readonly text: string;
  /** Neither split nor a pattern. */
  readonly quoted?: boolean;
  /** Comes from an expansion, so that it is split at IFS. */
  readonly split?: boolean;
  /** The end of a field, between the elements of `$@`. */
  readonly ends?: boolean;
  /** Takes the place of elements where there were none. */
  readonly none?: boolean;
}

export interface Field {
  readonly text: string;
  /** The same with a backslash before each quoted letter that would mean something in a pattern. */
  readonly pattern: string;
}

export const BREAK: Piece = { text: "", ends: true };

export function toFields(pieces: readonly Piece[], ifs: string): Field[] {
  const fields: Field[] = [];
  let current: { text: string; pattern: string } | undefined;
  let last: "none" | "space" | "other" = "none";
  const add = (text: string, pattern: string): void => {
    current ??= { text: "", pattern: "" };
    current.text += text;
    current.pattern += pattern;
    last = "none";
  };
  const end = (): void => {
    if (current !== undefined) fields.push(current);
    current = undefined;
  };
  for (const piece of pieces) {
    if (piece.none === true) continue;
    if (piece.ends === true) {
      end();
      last = "none";
    } else if (piece.quoted === true) add(piece.text, escapePattern(piece.text));
    else if (piece.split !== true || ifs === "") {
      if (piece.text !== "") add(piece.text, piece.text);
    } else {
      for (const letter of piece.text) {
        if (!ifs.includes(letter)) add(letter, letter);
        else if (letter === " " || letter === "\t" || letter === "\n") {
          if (current === undefined) continue;
          end();
          last = "space";
        } else {
          if (current !== undefined) end();
          else if (last !== "space") fields.push({ text: "", pattern: "" });
          last = "other";
        }
      }
    }
  }
  end();
  return fields;
}

/** One text; elements are joined. */
export function toPlain(pieces: readonly Piece[], separator: string = " "): string {
  let text = "";
  for (const piece of pieces) text += piece.ends === true ? separator : piece.text;
  return text;
}

/** A pattern in which what was quoted is plain. */
export function toPattern(pieces: readonly Piece[]): string {
  let text = "";
  for (const piece of pieces) {
    if (piece.ends === true) text += " ";
    else text += piece.quoted === true ? escapePattern(piece.text) : piece.text;
  }
  return text;
}

/** A regular expression in which what was quoted is plain. */
export function toRegExpSource(pieces: readonly Piece[]): string {
  let text = "";
  for (const piece of pieces) {
    if (piece.ends === true) text += " ";
    else text += piece.quoted === true ? escapeRegExp(piece.text) : piece.text;
  }
  return text;
}
