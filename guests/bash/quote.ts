/** Texts as words that a shell reads back, and texts with backslash escapes. */

/** As `printf %q` has it. */
export function quoteWord(text: string): string {
  if (text === "") return "''";
  if (/\p{Cc}/u.test(text)) return quoteControls(text);
  return text.replace(/[^A-Za-z0-9_@%+:./\-=\u0080-\u{10ffff}]/gu, "\\$&").replace(/^[~=]/, "\\$&");
}

/** As `${name@Q}`, `declare -p` and `set -x` have it, in single quotes. */
export function quoteText(text: string): string {
  if (/\p{Cc}/u.test(text)) return quoteControls(text);
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** In single quotes only if it must be. */
export function quoteIfNeeded(text: string): string {
  return text !== "" && /^[A-Za-z0-9_@%+:,./\-=^]+$/.test(text) ? text : quoteText(text);
}

const CONTROLS: Readonly<Record<string, string>> = {
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
  "\x07": "\\a",
  "\b": "\\b",
  "\x1b": "\\E",
  "\f": "\\f",
  "\v": "\\v",
};

function quoteControls(text: string): string {
  const escaped = text.replace(/[\p{Cc}\\']/gu, (letter) =>
    letter === "\\" || letter === "'"
      ? `\\${letter}`
      : (CONTROLS[letter] ?? `\\${letter.charCodeAt(0).toString(8).padStart(3, "0")}`),
  );
  return `$'${escaped}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** Where bytes above 0x7f go until the text is written: see `text.ts`. */
const ESCAPED_BYTE = 0xdc00;

/**
 * Backslash escapes as `echo -e` and `printf` have them.
 *
 * @param onEnd called where `\c` ends the output
 */
export function escapeText(
  text: string,
  options: { zeroOctal?: boolean; onEnd?: () => void } = {},
): string {
  if (!text.includes("\\")) return text;
  let out = "";
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "\\") {
      out += text[at];
      continue;
    }
    const rest = text.slice(at + 1);
    const code = /^x([0-9a-fA-F]{1,2})|^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest);
    const octal = (options.zeroOctal === true ? /^0([0-7]{0,3})/ : /^([0-7]{1,3})/).exec(rest);
    if (rest.startsWith("c") && options.onEnd !== undefined) {
      options.onEnd();
      return out;
    }
    if (octal !== null) {
      out += byteText(parseInt(octal[1] === "" ? "0" : (octal[1] ?? "0"), 8) & 0xff);
      at += octal[0].length;
    } else if (code !== null) {
      const point = parseInt(code[1] ?? code[2] ?? code[3] ?? "0", 16);
      out +=
        code[1] === undefined ? String.fromCodePoint(Math.min(point, 0x10ffff)) : byteText(point);
      at += code[0].length;
    } else if (rest !== "" && ESCAPES[rest[0] ?? ""] !== undefined) {
      out += ESCAPES[rest[0] ?? ""];
      at++;
    } else out += "\\";
  }
  return out;
}

function byteText(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : ESCAPED_BYTE + byte);
}
