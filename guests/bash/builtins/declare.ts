/** `declare`, `typeset`, `local`, `export`, `readonly`: variables with attributes. */
import { assign, assignArray, assignText, splitName } from "../assign.ts";
import type { Part, SimpleCommand, Word } from "../ast.ts";
import { expandText, expandWords } from "../expand.ts";
import { Failure } from "../flow.ts";
import { quoteIfNeeded } from "../quote.ts";
import { withRedirections } from "../redirect.ts";
import type { Shell } from "../shell.ts";
import { isName, keysOf, type Variable } from "../variables.ts";
import { describeFunction } from "../describe.ts";

export const DECLARATIONS: ReadonlySet<string> = new Set([
  "declare",
  "typeset",
  "local",
  "export",
  "readonly",
]);

type Argument =
  | { readonly text: string }
  | { readonly name: string; readonly array: Word[]; readonly append: boolean };

export async function runDeclaration(
  shell: Shell,
  builtin: string,
  command: SimpleCommand,
): Promise<number> {
  const args: Argument[] = [];
  for (const word of command.args) args.push(...(await expandArgument(shell, word)));
  for (const assignment of command.assignments) await assign(shell, assignment);
  return await withRedirections(shell, command.redirections, async () => {
    try {
      return await declare(shell, builtin, args);
    } catch (error) {
      if (!(error instanceof Failure) || error.isFatal) throw error;
      await shell.complain(`${builtin}: ${error.message}`);
      return error.status;
    }
  });
}

/** Assignments among the words are neither split nor patterns; arrays stay words. */
async function expandArgument(shell: Shell, word: Word): Promise<Argument[]> {
  const [first] = word.parts;
  const match =
    first?.type === "Literal" ? /^([A-Za-z_]\w*)(\[[^\]]*\])?(\+?)=/.exec(first.value) : null;
  if (first?.type !== "Literal" || match === null) {
    return (await expandWords(shell, [word])).map((text) => ({ text }));
  }
  const last = word.parts.at(-1);
  const isArray =
    first.value.startsWith("(", match[0].length) &&
    last?.type === "Literal" &&
    last.value.endsWith(")");
  if (!isArray) return [{ text: await expandText(shell, word) }];
  const inner: Part[] = word.parts.map((part, at) => {
    if (part.type !== "Literal") return part;
    const from = at === 0 ? match[0].length + 1 : 0;
    return {
      ...part,
      value: part.value.slice(from, at === word.parts.length - 1 ? -1 : undefined),
    };
  });
  return [{ name: match[1] ?? "", array: splitWords(inner), append: match[3] === "+" }];
}

/** At the blanks of what is not quoted. */
function splitWords(parts: readonly Part[]): Word[] {
  const words: Word[] = [];
  let current: Part[] = [];
  const end = (): void => {
    if (current.length > 0) words.push({ type: "Word", parts: current });
    current = [];
  };
  for (const part of parts) {
    if (part.type !== "Literal") {
      current.push(part);
      continue;
    }
    part.value.split(/([ \t\n]+)/).forEach((piece, at) => {
      if (at % 2 === 1) end();
      else if (piece !== "") current.push({ type: "Literal", value: piece });
    });
  }
  end();
  return words.map((word) => toKeyed(word));
}

/** `[key]=` is a pattern for the parser of array literals. */
function toKeyed(word: Word): Word {
  const [first, ...rest] = word.parts;
  const match = first?.type === "Literal" ? /^(\[[^\]]*\])(\+?=.*)$/s.exec(first.value) : null;
  if (match === null) return word;
  const parts: Part[] = [
    { type: "Glob", pattern: match[1] ?? "" },
    { type: "Literal", value: match[2] ?? "" },
    ...rest,
  ];
  return { ...word, parts };
}

async function declare(shell: Shell, builtin: string, args: readonly Argument[]): Promise<number> {
  const on = new Set<string>();
  const off = new Set<string>();
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined || !("text" in arg) || !/^[-+][A-Za-z]+$/.test(arg.text)) break;
    for (const letter of arg.text.slice(1)) (arg.text.startsWith("-") ? on : off).add(letter);
  }
  const first = args[at];
  if (first !== undefined && "text" in first && first.text === "--") at++;
  if (builtin === "local" && !shell.variables.isInFunction) {
    throw new Failure("can only be used in a function");
  }
  if (builtin === "export" && !on.has("n")) on.add("x");
  if (builtin === "export" && on.delete("n")) off.add("x");
  if (builtin === "readonly") on.add("r");
  const names = args.slice(at);
  if (on.has("f") || on.has("F")) return await showFunctions(shell, names, on.has("F"));
  if (on.has("p") || names.length === 0) return await show(shell, names, on);
  let status = 0;
  for (const arg of names) {
    const { name, value, append } =
      "text" in arg
        ? splitAssignment(arg.text)
        : { name: arg.name, value: arg.array, append: arg.append };
    const target = splitName(name);
    if (!isName(target.name)) {
      await shell.complain(`${builtin}: \`${name}': not a valid identifier`);
      status = 1;
      continue;
    }
    const isLocal =
      shell.variables.isInFunction &&
      !on.has("g") &&
      builtin !== "export" &&
      builtin !== "readonly";
    const variable = isLocal
      ? shell.variables.makeLocal(target.name)
      : shell.variables.declare(on.has("n") ? target.name : shell.variables.resolve(target.name));
    applyType(variable, on, off);
    if (value !== undefined) {
      if (on.has("n")) variable.value = typeof value === "string" ? value : "";
      else if (typeof value === "string") await assignText(shell, name, value, append);
      else await assignArray(shell, name, value, append);
    }
    applyAttributes(variable, on, off);
  }
  return status;
}

function splitAssignment(text: string): {
  name: string;
  value: string | undefined;
  append: boolean;
} {
  const match = /^([^=+]*|[^=]*?)(\+?)=(.*)$/s.exec(text);
  if (match === null) return { name: text, value: undefined, append: false };
  return { name: match[1] ?? "", value: match[3] ?? "", append: match[2] === "+" };
}

/** What decides how a value is taken. */
function applyType(variable: Variable, on: ReadonlySet<string>, off: ReadonlySet<string>): void {
  if (on.has("A")) {
    variable.isAssociative = true;
    variable.value ??= new Map();
  }
  if (on.has("a") && !(variable.value instanceof Map)) {
    variable.value = new Map(variable.value === undefined ? [] : [[0, variable.value]]);
  }
  if (on.has("i")) variable.isInteger = true;
  if (off.has("i")) variable.isInteger = false;
  if (on.has("l")) variable.letters = "lower";
  if (on.has("u")) variable.letters = "upper";
  if (off.has("l") || off.has("u")) variable.letters = undefined;
}

function applyAttributes(
  variable: Variable,
  on: ReadonlySet<string>,
  off: ReadonlySet<string>,
): void {
  if (on.has("n")) variable.isReference = true;
  if (off.has("n")) variable.isReference = false;
  if (on.has("x")) variable.isExported = true;
  if (off.has("x")) variable.isExported = false;
  if (on.has("r")) variable.isReadonly = true;
}

async function show(
  shell: Shell,
  names: readonly Argument[],
  on: ReadonlySet<string>,
): Promise<number> {
  let status = 0;
  const wanted = names.map((arg) => ("text" in arg ? arg.text : arg.name));
  const all = wanted.length > 0 ? wanted : shell.variables.names();
  for (const name of all) {
    const variable = shell.variables.find(name);
    if (variable === undefined) {
      await shell.complain(`declare: ${name}: not found`);
      status = 1;
      continue;
    }
    if (wanted.length === 0) {
      if (on.has("x") && variable.isExported !== true) continue;
      if (on.has("r") && variable.isReadonly !== true) continue;
    }
    await shell.print(`${describeVariable(name, variable)}\n`);
  }
  return status;
}

function describeVariable(name: string, variable: Variable): string {
  const isArray = variable.value instanceof Map;
  const flags =
    (isArray ? (variable.isAssociative ? "A" : "a") : "") +
    (variable.isInteger ? "i" : "") +
    (variable.letters === "lower" ? "l" : "") +
    (variable.isReference ? "n" : "") +
    (variable.isReadonly ? "r" : "") +
    (variable.letters === "upper" ? "u" : "") +
    (variable.isExported ? "x" : "");
  const prefix = `declare -${flags === "" ? "-" : flags} ${name}`;
  const { value } = variable;
  if (value === undefined) return prefix;
  if (typeof value === "string") return `${prefix}=${quoteDouble(value)}`;
  const elements = keysOf(variable).map((key) => {
    const label = typeof key === "string" ? quoteKey(key) : `${key}`;
    return `[${label}]=${quoteDouble(value.get(key) ?? "")}`;
  });
  return `${prefix}=(${elements.join(" ")}${variable.isAssociative && elements.length > 0 ? " " : ""})`;
}

function quoteKey(key: string): string {
  return /^[\w.-]+$/.test(key) ? key : quoteDouble(key);
}

function quoteDouble(text: string): string {
  if (/\p{Cc}/u.test(text)) return quoteIfNeeded(text);
  return `"${text.replace(/["\\$`]/g, "\\$&")}"`;
}

async function showFunctions(
  shell: Shell,
  names: readonly Argument[],
  namesOnly: boolean,
): Promise<number> {
  const wanted = names.map((arg) => ("text" in arg ? arg.text : arg.name));
  let status = 0;
  for (const name of wanted.length > 0 ? wanted : [...shell.functions.keys()].sort()) {
    const definition = shell.functions.get(name);
    if (definition === undefined) {
      status = 1;
      continue;
    }
    const line = wanted.length > 0 ? name : `declare -f ${name}`;
    await shell.print(`${namesOnly ? line : describeFunction(definition)}\n`);
  }
  return status;
}
