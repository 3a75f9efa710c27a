/** Simple commands: assignments, then a function, a builtin, a tool or a program. */
import { assign } from "./assign.ts";
import { literalOf, parseScript, type SimpleCommand, type Word } from "./ast.ts";
import { DECLARATIONS, runDeclaration } from "./builtins/declare.ts";
import { describeStatement } from "./describe.ts";
import { expandWords } from "./expand.ts";
import { Failure, PipeClosed, Return } from "./flow.ts";
import { runCompound } from "./compound.ts";
import { findProgram, runProgram } from "./programs.ts";
import { quoteIfNeeded } from "./quote.ts";
import { redirect, withRedirections } from "./redirect.ts";
import type { Shell } from "./shell.ts";
import { FileError } from "./system.ts";

const CALLS_LIMIT = 1000;

export async function runSimple(shell: Shell, command: SimpleCommand): Promise<number> {
  shell.substituted = undefined;
  const aliased = expandAlias(shell, command);
  if (aliased !== undefined) return await runAliased(shell, aliased);
  const { assignments, redirections } = command;
  const name = command.name === null ? undefined : literalOf(command.name);
  if (name !== undefined && DECLARATIONS.has(name) && !shell.functions.has(name)) {
    return await runDeclaration(shell, name, command);
  }
  const words = command.name === null ? [] : [command.name, ...command.args];
  const argv = await expandWords(shell, words);
  if (argv.length === 0) {
    return await withRedirections(shell, redirections, async () => {
      for (const assignment of assignments) {
        await assign(shell, assignment);
        if (shell.options.has("xtrace")) await traceAssignment(shell, assignment.name);
      }
      return shell.substituted ?? 0;
    });
  }
  if (shell.options.has("xtrace")) await trace(shell, command, argv);
  if (argv[0] === "exec" && argv.length === 1) {
    for (const assignment of assignments) await assign(shell, assignment);
    await redirect(shell, redirections);
    return 0;
  }
  const restores: (() => void)[] = [];
  try {
    for (const assignment of assignments) {
      const before = shell.variables.find(assignment.name);
      const restore = shell.variables.replace(assignment.name, {
        ...before,
        value: assignment.append ? before?.value : undefined,
        isExported: true,
      });
      restores.push(restore);
      await assign(shell, assignment);
    }
    return await withRedirections(shell, redirections, () => runArguments(shell, argv));
  } finally {
    for (const restore of restores.toReversed()) restore();
  }
}

export interface Lookup {
  /** Functions are passed over, as `command` does. */
  readonly skipFunctions?: boolean;
}

/** Runs a command whose words are all expanded. */
export async function runArguments(
  shell: Shell,
  argv: readonly string[],
  { skipFunctions = false }: Lookup = {},
): Promise<number> {
  const [name = "", ...args] = argv;
  shell.checkSignal();
  const definition = skipFunctions ? undefined : shell.functions.get(name);
  if (definition !== undefined) return await callFunction(shell, name, args);
  const builtin = Object.hasOwn(shell.builtins, name) ? shell.builtins[name] : undefined;
  shell.lastWord = argv.at(-1) ?? "";
  if (builtin !== undefined) {
    try {
      return await refusedByFiles(shell, name, () => builtin(shell, args));
    } catch (error) {
      // A builtin that cannot do what it was asked says so; only what is fatal ends a script.
      if (!(error instanceof Failure) || error.isFatal) throw error;
      await shell.complain(`${name}: ${error.message}`);
      return error.status;
    }
  }
  const program = findProgram(shell, name);
  if (shell.tools.has(name) && (program === undefined || program.isTool)) {
    return await endedAlone(shell, name, () => shell.tools.run(shell, name, args));
  }
  if (program?.isTool === true && program.path !== undefined) {
    const tool = program.path.slice(program.path.lastIndexOf("/") + 1);
    if (shell.tools.has(tool)) {
      return await endedAlone(shell, name, () => shell.tools.run(shell, tool, args));
    }
  }
  if (program?.path === undefined) {
    const isPath = name.includes("/");
    if (isPath) await shell.complain(`${name}: No such file or directory`);
    else {
      if (shell.functions.has("command_not_found_handle")) {
        return await callFunction(shell, "command_not_found_handle", argv);
      }
      await shell.complain(`${name}: command not found`);
    }
    return 127;
  }
  return await endedAlone(shell, name, () => runProgram(shell, program.path, name, args));
}

/** A tool is a process: a reader that is gone, or a file that takes no more, ends it alone. */
async function endedAlone(shell: Shell, name: string, run: () => Promise<number>): Promise<number> {
  try {
    return await refusedByFiles(shell, name, run);
  } catch (error) {
    if (error instanceof PipeClosed) return 141;
    throw error;
  }
}

/** What a file refuses is a command's failure, and no script's end. */
async function refusedByFiles(
  shell: Shell,
  name: string,
  run: () => Promise<number>,
): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await shell.complain(`${name}: ${error.message}`);
    return 1;
  }
}

async function callFunction(shell: Shell, name: string, args: readonly string[]): Promise<number> {
  const definition = shell.functions.get(name);
  if (definition === undefined) throw new Failure(`${name}: no such function`);
  if (shell.functionNames.length >= CALLS_LIMIT) {
    throw new Failure(`${name}: maximum function nesting level exceeded (${CALLS_LIMIT})`);
  }
  const { args: outerArgs, loops } = shell;
  shell.args = [...args];
  shell.loops = 0;
  shell.functionNames.push(name);
  shell.variables.enter();
  try {
    const { body, redirections } = definition;
    return await withRedirections(shell, redirections, () => runCompound(shell, body));
  } catch (error) {
    if (!(error instanceof Return)) throw error;
    return error.status;
  } finally {
    shell.variables.leave();
    shell.functionNames.pop();
    shell.args = outerArgs;
    shell.loops = loops;
  }
}

/** The text of the command if its name is an alias. */
function expandAlias(shell: Shell, command: SimpleCommand): string | undefined {
  if (shell.aliases.size === 0 || command.name === null) return undefined;
  if (!shell.isInteractive && !shell.shopt.has("expand_aliases")) return undefined;
  const name = literalOf(command.name);
  const value = name === undefined ? undefined : shell.aliases.get(name);
  if (name === undefined || value === undefined || shell.expanding.has(name)) return undefined;
  const marker = "__alias__";
  const word: Word = { type: "Word", parts: [{ type: "Literal", value: marker }] };
  const pipeline = {
    type: "Pipeline" as const,
    commands: [{ ...command, name: word }],
    negated: false,
  };
  const text = describeStatement({
    type: "Statement",
    pipelines: [pipeline],
    operators: [],
    background: false,
  });
  shell.expanding.add(name);
  return text.replace(marker, () => value);
}

async function runAliased(shell: Shell, text: string): Promise<number> {
  const before = new Set(shell.expanding);
  try {
    return await shell.core.runStatements(shell, parseScript(text).statements);
  } finally {
    shell.expanding = new Set([...before].slice(0, -1));
  }
}

async function trace(
  shell: Shell,
  { assignments }: SimpleCommand,
  argv: readonly string[],
): Promise<void> {
  const before = assignments.map(({ name }) => `${name}=… `).join("");
  await shell.warn(`${prompt(shell)}${before}${argv.map(quoteIfNeeded).join(" ")}\n`);
}

async function traceAssignment(shell: Shell, name: string): Promise<void> {
  await shell.warn(`${prompt(shell)}${name}=${quoteIfNeeded(shell.variables.text(name) ?? "")}\n`);
}

function prompt(shell: Shell): string {
  return shell.variables.text("PS4") ?? "+ ";
}
