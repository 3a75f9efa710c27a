/** Reads test scripts of WebAssembly (`.wast`) as nested lists, without interpreting them. */

/** A node keeps its range in the script, so that the original text can be cut out. */
export type Node =
  | {
      readonly kind: "list";
      readonly items: readonly Node[];
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: "atom"; readonly text: string; readonly from: number; readonly to: number }
  | {
      readonly kind: "string";
      readonly bytes: Uint8Array;
      readonly from: number;
      readonly to: number;
    };

/** A comment, the beginning of a block comment or string, a parenthesis, an atom, or space. */
const TOKEN = /;;[^\n]*|\(;|[()]|"|[^\s()";]+|\s+/y;

/** @throws {SyntaxError} when a list or string does not end */
export function readScript(script: string): readonly Node[] {
  const open: Array<{ items: Node[]; from: number }> = [{ items: [], from: 0 }];
  for (let at = 0; at < script.length;) {
    TOKEN.lastIndex = at;
    const [token = ""] = TOKEN.exec(script) ?? [];
    if (token === "") throw new SyntaxError(`Cannot read script at ${at}`);
    const from = at;
    at += token.length;
    const top = open.at(-1);
    if (top === undefined) throw new SyntaxError(`A list ends at ${from} that has not begun`);
    if (token === "(;") {
      at = skipComment(script, at);
    } else if (token === "(") {
      open.push({ items: [], from });
    } else if (token === ")") {
      const { items, from: began } = open.pop() ?? { items: [], from: 0 };
      open.at(-1)?.items.push({ kind: "list", items, from: began, to: at });
    } else if (token === '"') {
      const end = findEnd(script, at);
      top.items.push({ kind: "string", bytes: unescape(script.slice(at, end)), from, to: end + 1 });
      at = end + 1;
    } else if (!token.startsWith(";;") && token.trim() !== "") {
      top.items.push({ kind: "atom", text: token, from, to: at });
    }
  }
  if (open.length !== 1) throw new SyntaxError("A list does not end");
  return open[0]?.items ?? [];
}

function skipComment(script: string, start: number): number {
  let depth = 1;
  let at = start;
  for (; depth > 0 && at < script.length; at++) {
    if (script.startsWith("(;", at)) depth++;
    if (script.startsWith(";)", at)) depth--;
  }
  return at + 1;
}

function findEnd(script: string, start: number): number {
  for (let at = start; at < script.length; at++) {
    if (script[at] === "\\") at++;
    else if (script[at] === '"') return at;
  }
  throw new SyntaxError(`A text at ${start} does not end`);
}

const ESCAPES: Readonly<Record<string, number>> = {
  t: 9,
  n: 10,
  r: 13,
  '"': 34,
  "'": 39,
  "\\": 92,
};

function unescape(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const [, plain, unicode, hex, letter] of text.matchAll(
    /([^\\]+)|\\u\{([0-9a-fA-F_]+)\}|\\([0-9a-fA-F]{2})|\\(.)/gs,
  )) {
    if (plain !== undefined) bytes.push(...new TextEncoder().encode(plain));
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? 0);
    else {
      const code = Number.parseInt((unicode ?? "").replaceAll("_", ""), 16);
      bytes.push(...new TextEncoder().encode(String.fromCodePoint(code)));
    }
  }
  return Uint8Array.from(bytes);
}

/** The text of an atom or a string. */
export function textOf(node: Node | undefined): string {
  if (node?.kind === "atom") return node.text;
  return node?.kind === "string" ? new TextDecoder().decode(node.bytes) : "";
}

/** The items of a list whose first item is this word; `undefined` for anything else. */
export function listOf(node: Node | undefined, word: string): readonly Node[] | undefined {
  return node?.kind === "list" && textOf(node.items[0]) === word ? node.items : undefined;
}
