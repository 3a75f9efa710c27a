/** The conditions of `[[ … ]]`, and of `test`. */
import { evaluateText } from "./arithmetic.ts";
import type { Condition } from "./ast.ts";
import { keyOf, readElement, splitName } from "./assign.ts";
import { expandPattern, expandRegExp, expandText } from "./expand.ts";
import { Failure } from "./flow.ts";
import { matches, readSet } from "./pattern.ts";
import { readSpecial, OPTION_LETTERS } from "./special.ts";
import type { Option, Shell } from "./shell.ts";
import type { FileStat } from "./system.ts";

export async function testCondition(shell: Shell, condition: Condition): Promise<boolean> {
  switch (condition.type) {
    case "CondAnd":
      return (
        (await testCondition(shell, condition.left)) &&
        (await testCondition(shell, condition.right))
      );
    case "CondOr":
      return (
        (await testCondition(shell, condition.left)) ||
        (await testCondition(shell, condition.right))
      );
    case "CondNot":
      return !(await testCondition(shell, condition.operand));
    case "CondGroup":
      return await testCondition(shell, condition.expression);
    case "CondWord":
      return (await expandText(shell, condition.word)) !== "";
    case "CondUnary":
      return await testUnary(shell, condition.operator, await expandText(shell, condition.operand));
    case "CondBinary": {
      const { operator } = condition;
      const left = await expandText(shell, condition.left);
      const ignoreCase = shell.shopt.has("nocasematch");
      if (operator === "=~")
        return await testRegExp(shell, left, await expandRegExp(shell, condition.right));
      if (operator === "==" || operator === "=" || operator === "!=") {
        const found = matches(await expandPattern(shell, condition.right), left, { ignoreCase });
        return found === (operator !== "!=");
      }
      return await testBinary(
        shell,
        operator,
        left,
        await expandText(shell, condition.right),
        true,
      );
    }
  }
}

async function testRegExp(shell: Shell, text: string, source: string): Promise<boolean> {
  let regExp: RegExp;
  try {
    regExp = new RegExp(toNative(source), shell.shopt.has("nocasematch") ? "sui" : "su");
  } catch {
    throw new Failure("syntax error in regular expression", { status: 2 });
  }
  const found = regExp.exec(text);
  const groups =
    found === null
      ? []
      : [...found].map((group: string | undefined, at) => [at, group ?? ""] as const);
  shell.variables.setElements("BASH_REMATCH", new Map(groups));
  return found !== null;
}

/** Extended regular expressions as the language has them: sets and what is escaped differ. */
function toNative(source: string): string {
  let out = "";
  for (let at = 0; at < source.length; at++) {
    const letter = source[at] ?? "";
    if (letter === "[") {
      const set = readSet(source, at);
      if (set !== undefined) {
        out += set.source;
        at = set.next - 1;
        continue;
      }
    }
    if (letter === "\\") {
      const next = source[at + 1] ?? "\\";
      out += /[\\^$.*+?()[\]{}|/]/.test(next)
        ? `\\${next}`
        : /[wWsSbB<>]/.test(next)
          ? next === "<" || next === ">"
            ? "\\b"
            : `\\${next}`
          : next;
      at++;
    } else if (letter === "{" && !/^\{\d*,?\d*\}/.test(source.slice(at))) out += "\\{";
    else if (letter === "}" && !/\{\d*,?\d*$/.test(source.slice(0, at))) out += "\\}";
    else out += letter;
  }
  return out;
}

export async function testBinary(
  shell: Shell,
  operator: string,
  left: string,
  right: string,
  isExtended = false,
): Promise<boolean> {
  switch (operator) {
    case "=":
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "-nt":
    case "-ot": {
      const [one, two] = [statOf(shell, left), statOf(shell, right)];
      const [newer, older] = operator === "-nt" ? [one, two] : [two, one];
      if (newer === undefined) return false;
      return older === undefined || newer.modifiedMs > older.modifiedMs;
    }
    case "-ef":
      return statOf(shell, left) !== undefined && shell.path(left) === shell.path(right);
    default: {
      const [a, b] = [
        await toNumber(shell, left, isExtended),
        await toNumber(shell, right, isExtended),
      ];
      if (operator === "-eq") return a === b;
      if (operator === "-ne") return a !== b;
      if (operator === "-lt") return a < b;
      if (operator === "-le") return a <= b;
      if (operator === "-gt") return a > b;
      return a >= b;
    }
  }
}

async function toNumber(shell: Shell, text: string, isExtended: boolean): Promise<bigint> {
  if (isExtended) return await evaluateText(shell, text);
  if (!/^\s*[-+]?\d+\s*$/.test(text)) {
    throw new Failure(`${text}: integer expression expected`, { status: 2 });
  }
  return BigInt(text.trim().replace(/^\+/, ""));
}

export async function testUnary(shell: Shell, operator: string, text: string): Promise<boolean> {
  switch (operator) {
    case "-z":
      return text === "";
    case "-n":
      return text !== "";
    case "-v":
      return await isVariableSet(shell, text);
    case "-R":
      return shell.variables.find(text)?.isReference === true;
    case "-o": {
      const name = Object.keys(OPTION_LETTERS).find((one) => one === text) ?? text;
      return shell.options.has(name as Option);
    }
    case "-t":
      return shell.files.get(Number(text))?.isTerminal === true;
    case "-h":
    case "-L":
      return shell.system.files.stat(shell.path(text), false)?.type === "link";
    default: {
      const stat = statOf(shell, text);
      return stat !== undefined && testFile(operator, stat);
    }
  }
}

function testFile(operator: string, { type, sizeBytes, mode }: FileStat): boolean {
  if (operator === "-f") return type === "file";
  if (operator === "-d") return type === "directory";
  if (operator === "-s") return type === "directory" || sizeBytes > 0;
  if (operator === "-c" || operator === "-b" || operator === "-p" || operator === "-S")
    return type === "other" && operator === "-c";
  if (operator === "-x") return type === "directory" || mode === undefined || (mode & 0o111) !== 0;
  if (operator === "-u" || operator === "-g" || operator === "-k") return false;
  return true;
}

function statOf(shell: Shell, text: string): FileStat | undefined {
  if (text === "") return undefined;
  const path = shell.path(text);
  if (/^\/dev\/(null|zero|full|tty|u?random|stdin|stdout|stderr|fd\/\d+)$/.test(path)) {
    return { type: "other", sizeBytes: 0, modifiedMs: 0 };
  }
  return shell.system.files.stat(path);
}

async function isVariableSet(shell: Shell, text: string): Promise<boolean> {
  if (/^\d+$/.test(text)) return shell.args.length >= Number(text);
  const { name, subscript } = splitName(text);
  if (subscript === undefined) {
    return shell.variables.text(name) !== undefined || readSpecial(shell, name) !== undefined;
  }
  const variable = shell.variables.find(name);
  if (subscript === "@" || subscript === "*") {
    return variable?.value instanceof Map ? variable.value.size > 0 : variable?.value !== undefined;
  }
  return readElement(shell, name, await keyOf(shell, name, subscript)) !== undefined;
}
