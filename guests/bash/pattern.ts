/** Patterns of names and texts as regular expressions. A backslash makes the next letter plain. */

export interface PatternOptions {
  /** Stars and question marks do not match a slash. */
  readonly forPaths?: boolean;
  readonly ignoreCase?: boolean;
  readonly isExtended?: boolean;
  /** `shortest` for `#` and `%`. */
  readonly shortest?: boolean;
}

const known = new Map<string, RegExp>();

/** Matches the whole text. */
export function toRegExp(pattern: string, options: PatternOptions = {}): RegExp {
  const key = `${JSON.stringify(options)}${pattern}`;
  const made = known.get(key);
  if (made !== undefined) return made;
  if (known.size > 1000) known.clear();
  const regExp = new RegExp(`^(?:${toSource(pattern, options)})$`, flagsOf(options));
  known.set(key, regExp);
  return regExp;
}

export function flagsOf({ ignoreCase }: PatternOptions): string {
  return ignoreCase === true ? "sui" : "su";
}

export function matches(pattern: string, text: string, options?: PatternOptions): boolean {
  return toRegExp(pattern, options).test(text);
}

export function hasMagic(pattern: string): boolean {
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at] ?? "";
    if (letter === "\\") at++;
    else if (letter === "*" || letter === "?") return true;
    else if (letter === "[" && pattern.includes("]", at)) return true;
    else if ("@+!".includes(letter) && pattern[at + 1] === "(") return true;
  }
  return false;
}

/** What it matches, if it has no magic. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\(.)/gsu, "$1");
}

export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\](){}|@+!^-]/g, "\\$&");
}

export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** The source of the regular expression, without anchors. */
export function toSource(pattern: string, options: PatternOptions = {}): string {
  const { source } = readAlternative(pattern, 0, options, false);
  return source;
}

const ANY_OF: Readonly<Record<string, string>> = { "*": "*", "+": "+", "?": "?", "@": "" };

function readAlternative(
  pattern: string,
  from: number,
  options: PatternOptions,
  isInner: boolean,
): { source: string; next: number } {
  const any = options.forPaths === true ? "[^/]" : ".";
  const lazy = options.shortest === true ? "?" : "";
  let source = "";
  let at = from;
  while (at < pattern.length) {
    const letter = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    if (isInner && (letter === ")" || letter === "|")) break;
    if ("*+?@!".includes(letter) && pattern[at + 1] === "(" && options.isExtended !== false) {
      const group = readGroup(pattern, at + 2, options);
      if (group !== undefined) {
        const choices = `(?:${group.choices.join("|")})`;
        if (letter === "!") {
          // What is not matched reaches to where the rest matches.
          const rest = readAlternative(pattern, group.next, options, isInner);
          source += `(?!${choices}${rest.source}${isInner ? "" : "$"})${any}*${rest.source}`;
          return { source, next: rest.next };
        }
        source += `${choices}${ANY_OF[letter] ?? ""}`;
        at = group.next;
        continue;
      }
    }
    if (letter === "\\") {
      const next = String.fromCodePoint(pattern.codePointAt(at + 1) ?? 92);
      source += escapeRegExp(next);
      at += 1 + next.length;
      continue;
    }
    if (letter === "*") {
      while (pattern[at + 1] === "*") at++;
      source += `${any}*${lazy}`;
    } else if (letter === "?") source += any;
    else if (letter === "[") {
      const set = readSet(pattern, at);
      source += set?.source ?? "\\[";
      if (set !== undefined) {
        at = set.next;
        continue;
      }
    } else source += escapeRegExp(letter);
    at += letter.length;
  }
  return { source, next: at };
}

function readGroup(
  pattern: string,
  from: number,
  options: PatternOptions,
): { choices: string[]; next: number } | undefined {
  const choices: string[] = [];
  for (let at = from; ;) {
    const { source, next } = readAlternative(pattern, at, options, true);
    choices.push(source);
    if (pattern[next] === ")") return { choices, next: next + 1 };
    if (pattern[next] !== "|") return undefined;
    at = next + 1;
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "\\p{L}\\p{Nd}",
  alpha: "\\p{L}",
  ascii: "\\x00-\\x7f",
  blank: " \\t",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "\\x21-\\x7e\\xa1-\\u{10ffff}",
  lower: "\\p{Ll}",
  print: "\\x20-\\x7e\\xa0-\\u{10ffff}",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\s",
  upper: "\\p{Lu}",
  word: "\\w",
  xdigit: "0-9A-Fa-f",
};

/** A bracket expression that begins at an offset. */
export function readSet(
  pattern: string,
  from: number,
): { source: string; next: number } | undefined {
  let at = from + 1;
  const isNegated = pattern[at] === "!" || pattern[at] === "^";
  if (isNegated) at++;
  let set = "";
  let isFirst = true;
  while (at < pattern.length) {
    const letter = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    if (letter === "]" && !isFirst) {
      return { source: set === "" ? "(?!)" : `[${isNegated ? "^" : ""}${set}]`, next: at + 1 };
    }
    isFirst = false;
    const named = letter === "[" ? /^\[:(\w+):\]/.exec(pattern.slice(at)) : null;
    if (named !== null) {
      set += CLASSES[named[1] ?? ""] ?? "";
      at += named[0].length;
    } else if (letter === "\\" && at + 1 < pattern.length) {
      const next = String.fromCodePoint(pattern.codePointAt(at + 1) ?? 0);
      set += escapeInSet(next);
      at += 1 + next.length;
    } else {
      const isRange = letter === "-" && set !== "" && pattern[at + 1] !== "]";
      set += isRange ? "-" : escapeInSet(letter);
      at += letter.length;
    }
  }
  return undefined;
}

function escapeInSet(letter: string): string {
  return /[\\\]^[\-/(){}|.$*+?]/.test(letter) ? `\\${letter}` : letter;
}
