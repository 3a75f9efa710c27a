/** Expansion of words: what a command finally gets as its arguments. */
import type { Arithmetic, Part, Word } from "./ast.ts";
import { literalOf } from "./ast.ts";
import { expandBraces } from "./braces.ts";
import { Failure } from "./flow.ts";
import { expandGlob } from "./glob.ts";
import { hasMagic } from "./pattern.ts";
import { toFields, toPattern, toPlain, toRegExpSource, type Field, type Piece } from "./pieces.ts";
import type { Shell } from "./shell.ts";

/** All expansions, with splitting and patterns of file names. */
export async function expandWords(shell: Shell, words: readonly Word[]): Promise<string[]> {
  const all: string[] = [];
  for (const word of words) {
    const literal = literalOf(word);
    if (literal !== undefined && !hasMagic(literal)) {
      all.push(literal);
      continue;
    }
    for (const one of expandBraces(word)) {
      for (const field of await expandFields(shell, one)) all.push(...nameFiles(shell, field));
    }
  }
  return all;
}

export async function expandFields(shell: Shell, word: Word): Promise<Field[]> {
  return toFields(await expandParts(shell, word.parts, false), ifsOf(shell));
}

/** One text, neither split nor a pattern: for assignments, here-strings and the like. */
export async function expandText(shell: Shell, word: Word): Promise<string> {
  return toPlain(await expandParts(shell, word.parts, false));
}

/** A pattern in which quoted letters are plain. */
export async function expandPattern(shell: Shell, word: Word): Promise<string> {
  return toPattern(await expandParts(shell, word.parts, false));
}

export async function expandRegExp(shell: Shell, word: Word): Promise<string> {
  return toRegExpSource(await expandParts(shell, word.parts, false));
}

export function ifsOf(shell: Shell): string {
  return shell.variables.text("IFS") ?? " \t\n";
}

/** @param quoted inside of double quotes */
export async function expandParts(
  shell: Shell,
  parts: readonly Part[],
  quoted: boolean,
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (const part of parts) pieces.push(...(await expandPart(shell, part, quoted)));
  return pieces;
}

async function expandPart(shell: Shell, part: Part, quoted: boolean): Promise<Piece[]> {
  switch (part.type) {
    case "Literal":
      return [{ text: part.value, quoted }];
    case "SingleQuoted":
      return [{ text: part.value, quoted: true }];
    case "Escaped":
      return [{ text: part.value, quoted: true }];
    case "Glob":
      return [{ text: await expandInGlob(shell, part.pattern), quoted }];
    case "DoubleQuoted": {
      const inner = await expandParts(shell, part.parts, true);
      // An empty "$@" is no field at all, other quotes are at least an empty one.
      return inner.length > 0 ? inner : [{ text: "", quoted: true }];
    }
    case "TildeExpansion":
      return [{ text: tildeOf(shell, part.user), quoted: true }];
    case "ParameterExpansion":
      return await shell.core.expandParameter(shell, part, quoted);
    case "CommandSubstitution":
      return [toPiece(await shell.core.substitute(shell, part.body), quoted)];
    case "ArithmeticExpansion":
      return [toPiece(await evaluateFatally(shell, part.expression), quoted)];
    case "ProcessSubstitution":
      return [
        { text: shell.core.openSubstitution(shell, part.body, part.direction), quoted: true },
      ];
    case "BraceExpansion": {
      // Where words are not split, braces are plain.
      const words = expandBraces({ type: "Word", parts: [part] });
      return await expandParts(
        shell,
        words.flatMap((word) => word.parts),
        quoted,
      );
    }
  }
}

/** A mistake in it ends the script. */
async function evaluateFatally(shell: Shell, expression: Arithmetic): Promise<string> {
  try {
    return `${await shell.core.evaluate(shell, expression)}`;
  } catch (error) {
    if (error instanceof Failure) throw new Failure(error.message, { isFatal: true });
    throw error;
  }
}

function toPiece(text: string, quoted: boolean): Piece {
  return quoted ? { text, quoted: true } : { text, split: true };
}

/** Variables in extended patterns and sets. */
async function expandInGlob(shell: Shell, pattern: string): Promise<string> {
  if (!pattern.includes("$")) return pattern;
  let out = "";
  let last = 0;
  for (const match of pattern.matchAll(/\$(?:(\w+)|\{(\w+)\})/g)) {
    out += pattern.slice(last, match.index);
    out += toPlain(
      await shell.core.expandParameter(
        shell,
        { type: "ParameterExpansion", parameter: match[1] ?? match[2] ?? "", operation: null },
        false,
      ),
    );
    last = match.index + match[0].length;
  }
  return out + pattern.slice(last);
}

function tildeOf(shell: Shell, user: string | null): string {
  if (user === null || user === "") return shell.home;
  if (user === "+") return shell.cwd;
  if (user === "-") return shell.variables.text("OLDPWD") ?? "~-";
  return user === (shell.variables.text("USER") ?? "user") ? shell.home : `~${user}`;
}

function nameFiles(shell: Shell, { text, pattern }: Field): string[] {
  if (shell.options.has("noglob") || !hasMagic(pattern)) return [text];
  const found = expandGlob(pattern, shell);
  if (found.length > 0) return found;
  return shell.shopt.has("nullglob") ? [] : [text];
}
