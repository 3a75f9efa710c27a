/** Builtins that steer a script: `exit`, `return`, `break`, `set`, `eval`, `source`, `trap` and others. */
import { evaluateText } from "../arithmetic.ts";
import { parseScript, SyntaxProblem } from "../ast.ts";
import { runStatements } from "../execute.ts";
import { Exit, Failure, Jump, Return, SIGNALS, toSignal } from "../flow.ts";
import { openFile } from "../redirect.ts";
import { quoteText } from "../quote.ts";
import { OPTION_LETTERS } from "../special.ts";
import type { Option, Shell } from "../shell.ts";
import { runArguments } from "../simple.ts";
import { findProgram, runProgram } from "../programs.ts";
import { toText } from "../text.ts";
import { keyOf, splitName } from "../assign.ts";
import type { Builtin } from "../shell.ts";

const number = (text: string): number => {
  if (!/^-?\d+$/.test(text)) throw new Failure(`${text}: numeric argument required`, { status: 2 });
  return Number(text);
};

export const exit: Builtin = async (shell, [text]) => {
  throw new Exit(text === undefined ? shell.status : number(text));
};

export const returnFrom: Builtin = async (shell, [text]) => {
  if (shell.functionNames.length === 0 && shell.sources === 0) {
    throw new Failure("can only `return' from a function or sourced script", { status: 2 });
  }
  throw new Return(text === undefined ? shell.status : number(text));
};

const jump =
  (kind: "break" | "continue"): Builtin =>
  async (shell, [text = "1"]) => {
    if (shell.loops === 0) {
      await shell.complain(`${kind}: only meaningful in a \`for', \`while', or \`until' loop`);
      return 0;
    }
    const levels = number(text);
    if (levels < 1) throw new Failure(`${text}: loop count out of range`);
    throw new Jump(kind, levels);
  };

export const breakLoop: Builtin = jump("break");
export const continueLoop: Builtin = jump("continue");

export const shift: Builtin = async (shell, [text = "1"]) => {
  const count = number(text);
  if (count < 0) throw new Failure(`${text}: shift count out of range`);
  if (count > shell.args.length) return 1;
  shell.args.splice(0, count);
  return 0;
};

/** Runs a text as if it stood here. */
export async function runText(shell: Shell, text: string): Promise<number> {
  try {
    const { statements } = parseScript(text);
    if (statements.length === 0) return 0;
    return await runStatements(shell, statements);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    await shell.complain(error.message);
    return 2;
  }
}

export const evaluateWords: Builtin = async (shell, args) => await runText(shell, args.join(" "));

export const source: Builtin = async (shell, [name, ...args]) => {
  if (name === undefined) throw new Failure("filename argument required", { status: 2 });
  const path = name.includes("/") ? name : (findProgram(shell, name)?.path ?? name);
  const file = openFile(shell, path, "<");
  let text: string;
  try {
    text = toText(await file.readAll({ signal: shell.signal }));
  } finally {
    file.close();
  }
  const { args: outer } = shell;
  if (args.length > 0) shell.args = args;
  shell.sources++;
  try {
    return await runText(shell, text);
  } catch (error) {
    if (!(error instanceof Return)) throw error;
    return error.status;
  } finally {
    shell.sources--;
    if (args.length > 0) shell.args = outer;
  }
};

const NAMES: readonly Option[] = [
  "allexport",
  "errexit",
  "noclobber",
  "noexec",
  "noglob",
  "nounset",
  "pipefail",
  "verbose",
  "xtrace",
];

export const set: Builtin = async (shell, args) => {
  if (args.length === 0) {
    for (const name of shell.variables.names()) {
      const text = shell.variables.text(name);
      if (text !== undefined) await shell.print(`${name}=${quoteText(text)}\n`);
    }
    return 0;
  }
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") {
      shell.args = args.slice(at + 1);
      return 0;
    }
    if (arg === "-") {
      shell.args = args.slice(at + 1);
      return 0;
    }
    if (!/^[-+][A-Za-z]+$/.test(arg)) break;
    const isOn = arg.startsWith("-");
    for (const letter of arg.slice(1)) {
      if (letter === "o") {
        const name = args[++at];
        if (name === undefined) await showOptions(shell, isOn);
        else setOption(shell, name, isOn);
      } else setLetter(shell, letter, isOn);
    }
  }
  if (at < args.length) shell.args = args.slice(at);
  return 0;
};

async function showOptions(shell: Shell, asTable: boolean): Promise<void> {
  for (const name of NAMES) {
    const isOn = shell.options.has(name);
    await shell.print(
      asTable
        ? `${name.padEnd(15)}\t${isOn ? "on" : "off"}\n`
        : `set ${isOn ? "-" : "+"}o ${name}\n`,
    );
  }
}

/** Options of bash that change nothing here. */
const IGNORED = new Set([
  "braceexpand",
  "emacs",
  "vi",
  "errtrace",
  "functrace",
  "hashall",
  "histexpand",
  "history",
  "ignoreeof",
  "interactive-comments",
  "keyword",
  "monitor",
  "nolog",
  "notify",
  "onecmd",
  "physical",
  "posix",
  "privileged",
]);

function setOption(shell: Shell, name: string, isOn: boolean): void {
  const option = NAMES.find((one) => one === name);
  if (option === undefined) {
    if (IGNORED.has(name)) return;
    throw new Failure(`${name}: invalid option name`, { status: 2 });
  }
  if (isOn) shell.options.add(option);
  else shell.options.delete(option);
}

export function setLetter(shell: Shell, letter: string, isOn: boolean): void {
  const name = Object.keys(OPTION_LETTERS).find((one) => OPTION_LETTERS[one] === letter);
  if (name !== undefined) setOption(shell, name, isOn);
  else if (!"BEHPTbhkmpt".includes(letter))
    throw new Failure(`-${letter}: invalid option`, { status: 2 });
}

export const shopt: Builtin = async (shell, args) => {
  const flags = args.filter((arg) => /^-[supqo]+$/.test(arg)).join("");
  const names = args.filter((arg) => !arg.startsWith("-"));
  if (flags.includes("o")) {
    for (const name of names) setOption(shell, name, flags.includes("s"));
    return 0;
  }
  if (flags.includes("s") || flags.includes("u")) {
    for (const name of names) {
      if (flags.includes("s")) shell.shopt.add(name);
      else shell.shopt.delete(name);
    }
    return 0;
  }
  let status = 0;
  for (const name of names.length > 0 ? names : [...shell.shopt].sort()) {
    const isOn = shell.shopt.has(name);
    if (!isOn) status = 1;
    if (!flags.includes("q")) await shell.print(`${name.padEnd(15)}\t${isOn ? "on" : "off"}\n`);
  }
  return names.length > 0 ? status : 0;
};

export const unset: Builtin = async (shell, args) => {
  let kind = "";
  let status = 0;
  for (const arg of args) {
    if (/^-[fvn]$/.test(arg)) {
      kind = arg.slice(1);
      continue;
    }
    const { name, subscript } = splitName(arg);
    if (kind === "f") shell.functions.delete(arg);
    else if (subscript !== undefined) {
      const variable = shell.variables.find(name);
      if (subscript === "@" || subscript === "*") shell.variables.unset(name);
      else if (variable?.value instanceof Map)
        variable.value.delete(await keyOf(shell, name, subscript));
    } else {
      try {
        if (kind === "" && shell.variables.find(name) === undefined) shell.functions.delete(name);
        if (kind === "n") shell.variables.unset(name);
        else shell.variables.unsetReference(name);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        await shell.complain(error.message);
        status = 1;
      }
    }
  }
  return status;
};

export const exec: Builtin = async (shell, args) => {
  let rest = [...args];
  let argv0: string | undefined;
  while (rest[0]?.startsWith("-") === true) {
    if (rest[0] === "-a") {
      argv0 = rest[1];
      rest = rest.slice(2);
    } else rest = rest.slice(1);
  }
  const [name, ...more] = rest;
  if (name === undefined) return 0;
  const isOwn = Object.hasOwn(shell.builtins, name);
  const program = isOwn ? undefined : findProgram(shell, name);
  if (program?.path !== undefined && !program.isTool) {
    throw new Exit(await runProgram(shell, program.path, argv0 ?? name, more));
  }
  // The shell's functions are not programs.
  throw new Exit(await runArguments(shell, rest, { skipFunctions: true }));
};

export const trap: Builtin = async (shell, args) => {
  const [first, ...names] = args[0] === "--" ? args.slice(1) : args;
  if (first === undefined || first === "-p") {
    for (const [signal, command] of shell.traps) {
      await shell.print(`trap -- ${quoteText(command)} ${nameOf(signal)}\n`);
    }
    return 0;
  }
  if (first === "-l") {
    await shell.print(
      `${Object.entries(SIGNALS)
        .slice(1)
        .map(([name, value]) => `${value}) SIG${name}`)
        .join("\n")}\n`,
    );
    return 0;
  }
  const resets = first === "-" || (names.length === 0 && toSignal(first) !== undefined);
  let status = 0;
  for (const name of names.length === 0 ? [first] : names) {
    if (name === "ERR" || name === "DEBUG" || name === "RETURN") continue;
    const signal = toSignal(name);
    if (signal === undefined) {
      await shell.complain(`trap: ${name}: invalid signal specification`);
      status = 1;
    } else if (resets) shell.traps.delete(signal);
    else shell.traps.set(signal, first);
  }
  return status;
};

function nameOf(signal: number): string {
  const name = Object.keys(SIGNALS).find((one) => SIGNALS[one] === signal) ?? `${signal}`;
  return signal === 0 ? "EXIT" : `SIG${name}`;
}

export const letNumbers: Builtin = async (shell, args) => {
  if (args.length === 0) throw new Failure("expression expected");
  let value = 0n;
  for (const arg of args) value = await evaluateText(shell, arg);
  return value === 0n ? 1 : 0;
};

export const getopts: Builtin = async (shell, [spec = "", name = "", ...given]) => {
  const args = given.length > 0 ? given : shell.args;
  const { variables } = shell;
  let index = Number(variables.text("OPTIND") ?? "1");
  if (index === 1 && shell.optionIndex !== 1) shell.optionAt = 1;
  const silent = spec.startsWith(":");
  const arg = args[index - 1];
  const finish = (letter: string, status: number): number => {
    variables.set("OPTIND", `${index}`);
    shell.optionIndex = index;
    variables.set(name, letter);
    return status;
  };
  if (shell.optionAt === 1 && (arg === undefined || !/^-./.test(arg) || arg === "--")) {
    if (arg === "--") index++;
    return finish("?", 1);
  }
  const letter = arg?.[shell.optionAt] ?? "";
  shell.optionAt++;
  const at = spec.indexOf(letter);
  const isLast = shell.optionAt >= (arg?.length ?? 0);
  const step = (): void => {
    index++;
    shell.optionAt = 1;
  };
  if (at < 0 || letter === ":") {
    if (isLast) step();
    if (silent) variables.set("OPTARG", letter);
    else {
      variables.unset("OPTARG");
      await shell.warn(`${shell.name}: illegal option -- ${letter}\n`);
    }
    return finish("?", 0);
  }
  if (spec[at + 1] !== ":") {
    variables.unset("OPTARG");
    if (isLast) step();
    return finish(letter, 0);
  }
  const inline = arg?.slice(shell.optionAt) ?? "";
  step();
  if (inline !== "") variables.set("OPTARG", inline);
  else if (index - 1 < args.length) variables.set("OPTARG", args[index++ - 1] ?? "");
  else {
    if (silent) variables.set("OPTARG", letter);
    else await shell.warn(`${shell.name}: option requires an argument -- ${letter}\n`);
    return finish(silent ? ":" : "?", 0);
  }
  return finish(letter, 0);
};
