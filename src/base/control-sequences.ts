/**
 * Tokenizes terminal output into printed text and control sequences, across arbitrary chunk boundaries.
 *
 * Follows the parser of DEC's terminals, as all current terminals do. At most `LIMIT` characters of an unfinished sequence
 * are kept; a longer sequence is dropped, up to its end.
 *
 * @see https://vt100.net/emu/dec_ansi_parser
 */

export type TerminalToken =
  | { readonly type: "text"; readonly text: string }
  /** A character below U+0020, or U+007F. */
  | { readonly type: "control"; readonly code: number }
  /** `ESC`, perhaps with intermediates, and a final character. */
  | { readonly type: "escape"; readonly body: string }
  /** `CSI`: the characters between it and the final one, and the final one. */
  | { readonly type: "csi"; readonly parameters: string; readonly final: string }
  /** A string that begins with `OSC` (`]`), `DCS` (`P`), `SOS` (`X`), `PM` (`^`) or `APC` (`_`). */
  | { readonly type: "string"; readonly kind: string; readonly payload: string };

export interface TerminalParser {
  /** The tokens that this piece completes; to be iterated to the end before the next piece is passed. */
  take(piece: string): Generator<TerminalToken, void, undefined>;
}

/** Far longer than any sequence in practical use. */
const LIMIT = 2048;
const [BEL, CAN, SUB, ESC] = [0x07, 0x18, 0x1a, 0x1b];
const STRINGS = "]PX^_";

export function createTerminalParser(): TerminalParser {
  let state: "ground" | "escape" | "csi" | "string" = "ground";
  let kind = "";
  let kept = "";

  const begin = (next: typeof state): void => {
    state = next;
    kept = "";
  };
  const keep = (char: string): void => {
    if (kept.length <= LIMIT) kept += char;
  };
  /** The sequence that has just ended, unless it was too long. */
  const end = (token: TerminalToken): TerminalToken[] => {
    const isWhole = kept.length <= LIMIT;
    begin("ground");
    return isWhole ? [token] : [];
  };
  const endString = (): TerminalToken[] => end({ type: "string", kind, payload: kept });

  const obey = (code: number): TerminalToken[] => {
    if (state === "string") {
      if (code === BEL && kind === "]") return endString();
      if (code === ESC) {
        const ended = endString();
        begin("escape");
        return ended;
      }
      if (code === CAN || code === SUB) begin("ground");
      return [];
    }
    if (code === ESC) begin("escape");
    else if (code === CAN || code === SUB) begin("ground");
    // Also in the middle of a sequence, which continues after it.
    else return [{ type: "control", code }];
    return [];
  };

  const takeEscaped = (char: string): TerminalToken[] => {
    if (kept === "" && char === "[") begin("csi");
    else if (kept === "" && STRINGS.includes(char)) {
      begin("string");
      kind = char;
    } else if (char >= "0" && char <= "~") return end({ type: "escape", body: kept + char });
    else if (char >= " " && char <= "/") keep(char);
    else begin("ground");
    return [];
  };
  const takeCsi = (char: string): TerminalToken[] => {
    if (char >= "@" && char <= "~") return end({ type: "csi", parameters: kept, final: char });
    if (char >= " " && char <= "?") keep(char);
    else begin("ground");
    return [];
  };
  /** One character of a sequence, or one that may begin one. */
  const takeChar = (char: string): TerminalToken[] => {
    const code = char.charCodeAt(0);
    if (code < 0x20 || code === 0x7f) return obey(code);
    if (code >= 0x80 && code < 0xa0) {
      // C1 controls are single characters for `ESC @` to `ESC _`.
      return [...obey(ESC), ...takeEscaped(String.fromCharCode(code - 0x40))];
    }
    if (state === "escape") return takeEscaped(char);
    if (state === "csi") return takeCsi(char);
    keep(char);
    return [];
  };

  return {
    *take(piece) {
      // oxlint-disable-next-line no-control-regex -- control characters are the subject
      const controls = /[\u0000-\u001f\u007f-\u009f]/g;
      for (let at = 0; at < piece.length; at++) {
        if (state === "ground") {
          controls.lastIndex = at;
          const next = controls.exec(piece)?.index ?? piece.length;
          if (next > at) yield { type: "text", text: piece.slice(at, next) };
          at = next;
          if (at === piece.length) return;
        }
        yield* takeChar(piece[at] ?? "");
      }
    },
  };
}
