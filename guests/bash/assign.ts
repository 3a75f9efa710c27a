/** Assignments: to scalars, elements and whole arrays. */
import { parseScript, type Assignment, type Part, type Word } from "./ast.ts";
import { expandBraces } from "./braces.ts";
import { expandFields, expandParts, expandText, expandWords } from "./expand.ts";
import { Failure } from "./flow.ts";
import { toPlain } from "./pieces.ts";
import type { Shell } from "./shell.ts";
import { elementsOf, keysOf, type Elements, type Variable } from "./variables.ts";

/** `name` or `name[subscript]`. */
export function splitName(text: string): { name: string; subscript: string | undefined } {
  const at = text.indexOf("[");
  if (at < 0 || !text.endsWith("]")) return { name: text, subscript: undefined };
  return { name: text.slice(0, at), subscript: text.slice(at + 1, -1) };
}

/** What a subscript means for this variable: a number or a key. */
export async function keyOf(
  shell: Shell,
  name: string,
  subscript: string,
): Promise<number | string> {
  const variable = shell.variables.find(name);
  if (variable?.isAssociative === true) return await expandSubscript(shell, subscript);
  return fromEnd(variable, Number(await shell.core.evaluateText(shell, subscript)), name);
}

function fromEnd(variable: Variable | undefined, index: number, name: string): number {
  if (index >= 0) return index;
  const last = Number(keysOf(variable).at(-1) ?? -1);
  if (last + 1 + index < 0) throw new Failure(`${name}: bad array subscript`);
  return last + 1 + index;
}

export function readElement(shell: Shell, name: string, key: number | string): string | undefined {
  const variable = shell.variables.find(name);
  if (variable?.value === undefined) return undefined;
  if (!(variable.value instanceof Map)) return Number(key) === 0 ? variable.value : undefined;
  if (variable.isAssociative === true) return variable.value.get(`${key}`);
  return variable.value.get(fromEnd(variable, Number(key), name));
}

export function assignElement(
  shell: Shell,
  name: string,
  key: number | string,
  text: string,
): void {
  const variable = shell.variables.find(name);
  const isAssociative = variable?.isAssociative === true;
  const at = isAssociative ? `${key}` : fromEnd(variable, Number(key), name);
  shell.variables.setElement(name, at, text);
}

export async function assign(shell: Shell, assignment: Assignment): Promise<void> {
  const { append, array, value } = assignment;
  if (array !== null) return await assignArray(shell, assignment.name, array, append);
  const text = value === null ? "" : await expandText(shell, value);
  await assignText(shell, assignment.name, text, append);
  shell.lastWord = "";
}

/** To a name, or to an element of an array. */
export async function assignText(
  shell: Shell,
  target: string,
  text: string,
  append = false,
): Promise<void> {
  const { name, subscript } = splitName(target);
  const variable = shell.variables.find(name);
  const isInteger = variable?.isInteger === true;
  const compute = async (old: string | undefined): Promise<string> => {
    if (!isInteger) return append ? `${old ?? ""}${text}` : text;
    const value = await shell.core.evaluateText(shell, text);
    return `${append ? (await shell.core.evaluateText(shell, old ?? "0")) + value : value}`;
  };
  if (subscript === undefined) {
    shell.variables.set(name, await compute(shell.variables.text(name)));
  } else {
    const key = await keyOf(shell, name, subscript);
    assignElement(shell, name, key, await compute(readElement(shell, name, key)));
  }
  if (shell.options.has("allexport")) shell.variables.declare(name).isExported = true;
}

export async function assignArray(
  shell: Shell,
  name: string,
  words: readonly Word[],
  append: boolean,
): Promise<void> {
  const variable = shell.variables.find(name);
  const isAssociative = variable?.isAssociative === true;
  const elements: Elements = new Map(
    append && variable !== undefined ? elementsOf(variable) : undefined,
  );
  let next = append ? Number(isAssociative ? 0 : (keysOf(variable).at(-1) ?? -1)) + 1 : 0;
  const loose: string[] = [];
  for (const word of words) {
    const keyed = splitKeyed(word);
    if (keyed !== undefined) {
      const text = toPlain(await expandParts(shell, keyed.value, false));
      const key = isAssociative
        ? toPlain(await expandParts(shell, keyed.key, false))
        : Number(
            await shell.core.evaluateText(
              shell,
              toPlain(await expandParts(shell, keyed.key, false)),
            ),
          );
      elements.set(key, keyed.append ? `${elements.get(key) ?? ""}${text}` : text);
      if (typeof key === "number") next = key + 1;
    } else if (isAssociative) {
      for (const one of expandBraces(word)) {
        loose.push(...(await expandFields(shell, one)).map(({ text }) => text));
      }
    } else {
      for (const text of await expandWords(shell, [word])) elements.set(next++, text);
    }
  }
  for (let at = 0; at < loose.length; at += 2) elements.set(loose[at] ?? "", loose[at + 1] ?? "");
  shell.variables.setElements(name, elements);
  if (isAssociative) shell.variables.declare(shell.variables.resolve(name)).isAssociative = true;
}

/** `[key]=value`, as the parser has it: a pattern, then a literal; or literals with quotes between. */
function splitKeyed(word: Word): { key: Part[]; value: Part[]; append: boolean } | undefined {
  const [first, ...rest] = word.parts;
  if (first?.type === "Glob" && first.pattern.startsWith("[") && first.pattern.endsWith("]")) {
    const [equals, ...more] = rest;
    const match = equals?.type === "Literal" ? /^(\+?)=/.exec(equals.value) : null;
    if (equals?.type !== "Literal" || match === null) return undefined;
    const tail: Part = { type: "Literal", value: equals.value.slice(match[0].length) };
    const inner = first.pattern.slice(1, -1).replace(/^(["'])(.*)\1$/, "$2");
    const key: Part = /\$(\w+|\{\w+\})/.test(inner)
      ? { type: "Glob", pattern: inner }
      : { type: "Literal", value: inner };
    return { key: [key], value: [tail, ...more], append: match[1] === "+" };
  }
  if (first?.type !== "Literal" || !first.value.startsWith("[")) return undefined;
  const end = word.parts.findIndex((part) => part.type === "Literal" && /\]\+?=/.test(part.value));
  const closing = word.parts[end];
  if (closing?.type !== "Literal") return undefined;
  const match = /\](\+?)=/.exec(closing.value);
  if (match === null) return undefined;
  const before = end === 0 ? closing.value.slice(1, match.index) : first.value.slice(1);
  const key = [
    ...literal(before),
    ...word.parts.slice(1, Math.max(end, 1)),
    ...(end === 0 ? [] : literal(closing.value.slice(0, match.index))),
  ];
  const value = [
    ...literal(closing.value.slice(match.index + match[0].length)),
    ...word.parts.slice(end + 1),
  ];
  return { key, value, append: match[1] === "+" };
}

const literal = (value: string): Part[] => (value === "" ? [] : [{ type: "Literal", value }]);

/** A key may have variables in it, and quotes around it. */
async function expandSubscript(shell: Shell, subscript: string): Promise<string> {
  const bare = subscript.replace(/^(["'])(.*)\1$/s, "$2");
  if (!bare.includes("$")) return bare;
  const command = parseScript(`: "${bare}"`).statements[0]?.pipelines[0]?.commands[0];
  const word = command?.type === "SimpleCommand" ? command.args[0] : undefined;
  return word === undefined ? bare : await expandText(shell, word);
}
