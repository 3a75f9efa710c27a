/** Parameter expansion: `$name`, `${name…}` with its operators, positional and special parameters. */
import type { Operation, OperationOf, PartOf, Word } from "./ast.ts";
import { evaluate } from "./arithmetic.ts";
import { keyOf, assignText, readElement, splitName } from "./assign.ts";
import { expandParts, expandPattern, expandText, ifsOf } from "./expand.ts";
import { Failure } from "./flow.ts";
import { flagsOf, toRegExp, toSource } from "./pattern.ts";
import { BREAK, toPlain, type Piece } from "./pieces.ts";
import { escapeText, quoteText } from "./quote.ts";
import type { Shell } from "./shell.ts";
import { readSpecial } from "./special.ts";
import { keysOf, valuesOf } from "./variables.ts";

type ParameterExpansion = PartOf<"ParameterExpansion">;

/** A text, or the elements of `@` and `*`. */
type Value =
  | { readonly text: string | undefined }
  | { readonly all: string[]; readonly star: boolean };

export async function expandParameter(
  shell: Shell,
  { parameter, operation }: ParameterExpansion,
  quoted: boolean,
): Promise<Piece[]> {
  if (operation === null) {
    const value = await readParameter(shell, parameter);
    if ("text" in value && value.text === undefined) requireSet(shell, parameter);
    return toPieces(shell, value, quoted);
  }
  return await operate(shell, parameter, operation, quoted);
}

async function readParameter(shell: Shell, parameter: string): Promise<Value> {
  if (parameter === "@" || parameter === "*") {
    return { all: [...shell.args], star: parameter === "*" };
  }
  const special = readSpecial(shell, parameter);
  if (special !== undefined) return { text: special };
  if (/^\d+$/.test(parameter)) {
    return { text: parameter === "0" ? shell.name : shell.args[Number(parameter) - 1] };
  }
  const { name, subscript } = splitName(parameter);
  if (name === "PIPESTATUS") tellPipeStatus(shell);
  if (subscript === undefined) return { text: shell.variables.text(name) };
  if (subscript === "@" || subscript === "*") {
    return { all: valuesOf(shell.variables.find(name)), star: subscript === "*" };
  }
  return { text: readElement(shell, name, await keyOf(shell, name, subscript)) };
}

/** The array is made when somebody asks for it. */
function tellPipeStatus(shell: Shell): void {
  const elements = shell.pipeStatus.map((status, at) => [at, `${status}`] as const);
  shell.variables.declare("PIPESTATUS").value = new Map(elements);
}

function requireSet(shell: Shell, parameter: string): void {
  if (shell.options.has("nounset")) {
    const name = /^\d/.test(parameter) ? `$${parameter}` : parameter;
    throw new Failure(`${name}: unbound variable`, { status: 127, isFatal: true });
  }
}

function toPieces(shell: Shell, value: Value, quoted: boolean): Piece[] {
  if ("text" in value) {
    const text = value.text ?? "";
    return quoted ? [{ text, quoted: true }] : [{ text, split: true }];
  }
  if (quoted && value.star) {
    const separator = shell.variables.find("IFS") === undefined ? " " : (ifsOf(shell)[0] ?? "");
    return [{ text: value.all.join(separator), quoted: true }];
  }
  if (value.all.length === 0) return quoted ? [{ text: "", none: true }] : [];
  return value.all.flatMap((text, at): Piece[] => {
    const piece: Piece = quoted ? { text, quoted: true } : { text, split: true };
    return at === 0 ? [piece] : [BREAK, piece];
  });
}

function isSet(value: Value, checkEmpty: boolean): boolean {
  if ("text" in value) return value.text !== undefined && !(checkEmpty && value.text === "");
  return checkEmpty ? value.all.join(" ") !== "" : value.all.length > 0;
}

async function operate(
  shell: Shell,
  parameter: string,
  operation: Operation,
  quoted: boolean,
): Promise<Piece[]> {
  switch (operation.type) {
    case "DefaultValue": {
      const value = await readParameter(shell, parameter);
      if (isSet(value, operation.checkEmpty)) return toPieces(shell, value, quoted);
      return await expandOperand(shell, operation.word, quoted);
    }
    case "AssignDefault": {
      const value = await readParameter(shell, parameter);
      if (isSet(value, operation.checkEmpty)) return toPieces(shell, value, quoted);
      const text = toPlain(await expandOperand(shell, operation.word, quoted));
      if (!/^[A-Za-z_]/.test(parameter)) {
        throw new Failure(`$${parameter}: cannot assign in this way`, { isFatal: true });
      }
      await assignText(shell, parameter, text);
      return toPieces(shell, { text }, quoted);
    }
    case "UseAlternative": {
      const value = await readParameter(shell, parameter);
      if (!isSet(value, operation.checkEmpty)) return quoted ? [{ text: "", quoted: true }] : [];
      return await expandOperand(shell, operation.word, quoted);
    }
    case "ErrorIfUnset": {
      const value = await readParameter(shell, parameter);
      if (isSet(value, operation.checkEmpty)) return toPieces(shell, value, quoted);
      const said = operation.word === null ? "" : await expandText(shell, operation.word);
      const usual = operation.checkEmpty ? "parameter null or not set" : "parameter not set";
      const text = said === "" ? usual : said;
      throw new Failure(`${parameter}: ${text}`, { status: 127, isFatal: true });
    }
    case "Length":
      return toPieces(shell, { text: `${await lengthOf(shell, parameter)}` }, quoted);
    case "Indirection":
      return await expandIndirect(shell, parameter, operation, quoted);
    case "ArrayKeys": {
      const keys = keysOf(shell.variables.find(operation.array)).map((key) => `${key}`);
      return toPieces(shell, { all: keys, star: operation.star }, quoted);
    }
    case "VarNamePrefix": {
      const names = shell.variables.names().filter((name) => name.startsWith(operation.prefix));
      return toPieces(shell, { all: names, star: operation.star }, quoted);
    }
    case "BadSubstitution":
      throw new Failure(`\${${operation.text}}: bad substitution`, { isFatal: true });
    case "LengthSliceError":
      throw new Failure(`${parameter}: bad substitution`, { isFatal: true });
    case "Substring":
      return toPieces(shell, await slice(shell, parameter, operation), quoted);
    case "PatternRemoval":
    case "PatternReplacement":
    case "CaseModification":
    case "Transform":
      return toPieces(shell, await change(shell, parameter, operation), quoted);
  }
}

/** The word after an operator; splits if the whole does. */
async function expandOperand(shell: Shell, word: Word, quoted: boolean): Promise<Piece[]> {
  const pieces = await expandParts(shell, word.parts, quoted);
  if (quoted) return pieces.length > 0 ? pieces : [{ text: "", quoted: true }];
  return pieces.map((piece) =>
    piece.quoted === true || piece.ends === true ? piece : { ...piece, split: true },
  );
}

async function lengthOf(shell: Shell, parameter: string): Promise<number> {
  const value = await readParameter(shell, parameter);
  if (!("text" in value)) return value.all.length;
  if (value.text === undefined) requireSet(shell, parameter);
  return Array.from(value.text ?? "").length;
}

async function expandIndirect(
  shell: Shell,
  parameter: string,
  { innerOp }: OperationOf<"Indirection">,
  quoted: boolean,
): Promise<Piece[]> {
  const reference = shell.variables.names().includes(parameter)
    ? shell.variables.declare(parameter)
    : undefined;
  if (reference?.isReference === true) {
    return toPieces(shell, { text: reference.value as string }, quoted);
  }
  const value = await readParameter(shell, parameter);
  const target = "text" in value ? value.text : value.all[0];
  if (target === undefined || target === "") {
    if (innerOp !== undefined) return await operate(shell, "_unset_", innerOp, quoted);
    throw new Failure(`${parameter}: invalid indirect expansion`);
  }
  const part: ParameterExpansion = {
    type: "ParameterExpansion",
    parameter: target,
    operation: innerOp ?? null,
  };
  return await expandParameter(shell, part, quoted);
}

async function slice(
  shell: Shell,
  parameter: string,
  { offset, length }: OperationOf<"Substring">,
): Promise<Value> {
  const from = Number(await evaluate(shell, offset));
  const count = length === null ? undefined : Number(await evaluate(shell, length));
  const value = await readParameter(shell, parameter);
  if ("text" in value) {
    if (value.text === undefined) requireSet(shell, parameter);
    return { text: sliceLetters(Array.from(value.text ?? ""), from, count, parameter).join("") };
  }
  const { star } = value;
  const isPositional = parameter === "@" || parameter === "*";
  if (count !== undefined && count < 0) throw new Failure(`${count}: substring expression < 0`);
  if (isPositional) {
    return { all: sliceLetters([shell.name, ...value.all], from, count, parameter), star };
  }
  const variable = shell.variables.find(splitName(parameter).name);
  const keys = keysOf(variable);
  if (variable?.isAssociative === true || from < 0) {
    const last = Number(keys.at(-1) ?? -1) + 1;
    return {
      all: sliceLetters(value.all, from < 0 && from < -last ? last : from, count, parameter),
      star,
    };
  }
  // Indices count, not places.
  const first = keys.findIndex((key) => Number(key) >= from);
  return { all: first < 0 ? [] : sliceLetters(value.all, first, count, parameter), star };
}

function sliceLetters(
  letters: readonly string[],
  from: number,
  count: number | undefined,
  parameter: string,
): string[] {
  const start = from < 0 ? letters.length + from : from;
  if (start < 0 || start > letters.length) return [];
  if (count === undefined) return letters.slice(start);
  if (count >= 0) return letters.slice(start, start + count);
  if (letters.length + count < start) throw new Failure(`${parameter}: substring expression < 0`);
  return letters.slice(start, letters.length + count);
}

type Change = OperationOf<
  "PatternRemoval" | "PatternReplacement" | "CaseModification" | "Transform"
>;

async function change(shell: Shell, parameter: string, operation: Change): Promise<Value> {
  const value = await readParameter(shell, parameter);
  if ("text" in value && value.text === undefined) {
    requireSet(shell, parameter);
    if (operation.type === "Transform")
      return { text: operation.operator === "a" ? attributesOf(shell, parameter) : undefined };
  }
  const each = await toChange(shell, parameter, operation);
  if ("text" in value) return { text: each(value.text ?? "") };
  return { all: value.all.map(each), star: value.star };
}

async function toChange(
  shell: Shell,
  parameter: string,
  operation: Change,
): Promise<(text: string) => string> {
  switch (operation.type) {
    case "PatternRemoval": {
      const pattern = await expandPattern(shell, operation.pattern);
      return (text) => remove(text, pattern, operation);
    }
    case "PatternReplacement": {
      const pattern = await expandPattern(shell, operation.pattern);
      const by =
        operation.replacement === null ? "" : await expandText(shell, operation.replacement);
      if (pattern === "" && operation.anchor === null) return (text) => text;
      const source = toSource(pattern);
      const anchored =
        operation.anchor === "start"
          ? `^(?:${source})`
          : operation.anchor === "end"
            ? `(?:${source})$`
            : source;
      const regExp = new RegExp(anchored, operation.all ? `g${flagsOf({})}` : flagsOf({}));
      return (text) =>
        text.replace(regExp, (found) =>
          found === "" && text !== "" && operation.anchor === null ? "" : by,
        );
    }
    case "CaseModification": {
      const pattern =
        operation.pattern === null ? "?" : await expandPattern(shell, operation.pattern);
      const regExp = toRegExp(pattern);
      const convert = (letter: string): string => {
        if (!regExp.test(letter)) return letter;
        if (operation.direction === "upper") return letter.toUpperCase();
        if (operation.direction === "lower") return letter.toLowerCase();
        return letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
      };
      return (text) =>
        Array.from(text)
          .map((letter, at) => (at === 0 || operation.all ? convert(letter) : letter))
          .join("");
    }
    case "Transform":
      return (text) => transform(shell, parameter, operation.operator, text);
  }
}

function remove(
  text: string,
  pattern: string,
  { side, greedy }: Pick<OperationOf<"PatternRemoval">, "side" | "greedy">,
): string {
  const regExp = toRegExp(pattern);
  const ends = Array.from({ length: text.length + 1 }, (_, at) => at);
  // The shortest prefix first, or the longest; a suffix begins as late as it can for the shortest.
  const order = (side === "prefix") === greedy ? ends.toReversed() : ends;
  for (const at of order) {
    if (side === "prefix" ? regExp.test(text.slice(0, at)) : regExp.test(text.slice(at))) {
      return side === "prefix" ? text.slice(at) : text.slice(0, at);
    }
  }
  return text;
}

function transform(shell: Shell, parameter: string, operator: string, text: string): string {
  switch (operator) {
    case "Q":
      return quoteText(text);
    case "U":
      return text.toUpperCase();
    case "u":
      return text.slice(0, 1).toUpperCase() + text.slice(1);
    case "L":
      return text.toLowerCase();
    case "E":
      return escapeText(text);
    case "a":
      return attributesOf(shell, parameter);
    case "A": {
      const flags = attributesOf(shell, parameter);
      const quoted = `${parameter}=${quoteText(text)}`;
      return flags === "" ? quoted : `declare -${flags} ${quoted}`;
    }
    default:
      return text;
  }
}

function attributesOf(shell: Shell, parameter: string): string {
  const variable = shell.variables.find(splitName(parameter).name);
  if (variable === undefined) return "";
  return (
    (variable.value instanceof Map ? (variable.isAssociative ? "A" : "a") : "") +
    (variable.isInteger ? "i" : "") +
    (variable.letters === "lower" ? "l" : "") +
    (variable.isReadonly ? "r" : "") +
    (variable.letters === "upper" ? "u" : "") +
    (variable.isExported ? "x" : "")
  );
}
