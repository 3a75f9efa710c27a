/** From a command line to a shell that has run: `bash -c`, a script, standard input, or a terminal. */
import { evaluate, evaluateText } from "./arithmetic.ts";
import { parseScript, SyntaxProblem } from "./ast.ts";
import { runText, setLetter } from "./builtins/control.ts";
import { runStatements } from "./execute.ts";
import { Failure } from "./flow.ts";
import { isInteractiveByTerminal, runInteractive } from "./interactive.ts";
import type { OpenFile } from "./open-files.ts";
import { expandParameter } from "./parameters.ts";
import { nameOf, normalizePath } from "./paths.ts";
import { endProcess } from "./process.ts";
import { findProgram, toFresh } from "./programs.ts";
import { runInput } from "./run-input.ts";
import { openFile } from "./redirect.ts";
import { Shell, type Core, type Option, type Tools } from "./shell.ts";
import { runArguments } from "./simple.ts";
import { openSubstitution, substitute } from "./substitute.ts";
import type { System } from "./system.ts";
import { toText } from "./text.ts";
import { isTool, runTool, toolNames } from "./tools/run-tool.ts";
import { BUILTIN_PROGRAMS, BUILTINS } from "./builtins/index.ts";

export interface StartOptions {
  readonly system: System;
  /** All of them, the program's name first. */
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  /** Taken over. */
  readonly files: readonly [OpenFile, OpenFile, OpenFile];
  readonly signal?: AbortSignal;
}

const CORE: Core = {
  runStatements,
  substitute,
  openSubstitution,
  expandParameter,
  evaluate,
  evaluateText,
};
const SHELLS: ReadonlySet<string> = new Set(["bash", "sh"]);
/** All that can be called as a program without being one. */
const TOOLS: Tools = {
  has: (name) => SHELLS.has(name) || BUILTIN_PROGRAMS.has(name) || isTool(name),
  async run(shell, name, args) {
    if (SHELLS.has(name)) return await startNested(shell, name, args);
    if (isTool(name)) return await runTool(shell, name, args);
    return await runArguments(shell, [name, ...args], { skipFunctions: true });
  },
  names: toolNames,
};
const PATH = "/usr/local/bin:/usr/bin:/bin";

interface Parsed {
  command?: string;
  isLogin: boolean;
  isInteractive: boolean;
  readsInput: boolean;
  readsProfile: boolean;
  readsRc: boolean;
  rest: string[];
}

/** `bash` and `sh` within a shell: a new one in a process of its own. */
async function startNested(shell: Shell, name: string, args: readonly string[]): Promise<number> {
  const child = toFresh(shell, name, []);
  let parsed: Parsed;
  try {
    parsed = parseArguments(child, args);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await shell.warn(`${name}: ${error.message}\n`);
    child.close();
    return 2;
  }
  child.isSubshell = false;
  return await endProcess(child, () => run(child, parsed));
}

/** Runs the shell to its end; gives its exit code. */
export async function startShell(options: StartOptions): Promise<number> {
  const { system, argv, env, files, signal } = options;
  const shell = new Shell(system, {
    core: CORE,
    builtins: BUILTINS,
    tools: TOOLS,
  });
  shell.files = new Map(files.entries());
  if (signal !== undefined) shell.signal = signal;
  const name = argv[0] ?? "bash";
  const called = nameOf(name)
    .replace(/^-/, "")
    .replace(/\.wasm$/, "");
  takeEnvironment(shell, env);
  if (!SHELLS.has(called) && TOOLS.has(called)) {
    shell.name = called;
    return await endProcess(shell, () => TOOLS.run(shell, called, argv.slice(1)));
  }
  let parsed: Parsed;
  try {
    parsed = parseArguments(shell, argv.slice(1));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await shell.warn(`bash: ${error.message}\n`);
    shell.close();
    return 2;
  }
  if (name.startsWith("-")) parsed.isLogin = true;
  shell.name = called === "" || called === "main" ? "bash" : name.replace(/^-/, "");
  return await endProcess(shell, () => run(shell, parsed));
}

function takeEnvironment(shell: Shell, env: ReadonlyMap<string, string>): void {
  for (const [name, text] of env) {
    if (!/^[A-Za-z_]\w*$/.test(name)) continue;
    shell.variables.set(name, text);
    shell.variables.declare(name).isExported = true;
  }
  const usual: Readonly<Record<string, string>> = {
    PATH,
    IFS: " \t\n",
    PS4: "+ ",
    OPTIND: "1",
    BASH_VERSION: "5.2.37(1)-release",
    HOSTTYPE: "wasm32",
    OSTYPE: "wetware",
    MACHTYPE: "wasm32-wetware",
    UID: "1000",
    EUID: "1000",
    PPID: "1",
  };
  for (const [name, text] of Object.entries(usual)) {
    if (name === "IFS" || shell.variables.text(name) === undefined) shell.variables.set(name, text);
  }
  shell.variables.set("SHLVL", `${Number(env.get("SHLVL") ?? 0) + 1}`);
  shell.variables.declare("SHLVL").isExported = true;
  const given = env.get("PWD");
  const isThere =
    given?.startsWith("/") === true && shell.system.files.stat(given)?.type === "directory";
  shell.cwd = isThere ? normalizePath(given) : "/";
  shell.variables.set("PWD", shell.cwd);
  shell.variables.declare("PWD").isExported = true;
}

function parseArguments(shell: Shell, args: readonly string[]): Parsed {
  const parsed: Parsed = {
    isLogin: false,
    isInteractive: false,
    readsInput: false,
    readsProfile: true,
    readsRc: true,
    rest: [],
  };
  let takesCommand = false;
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--" || arg === "-") {
      at++;
      break;
    }
    if (arg === "--login") parsed.isLogin = true;
    else if (arg === "--noprofile") parsed.readsProfile = false;
    else if (arg === "--norc") parsed.readsRc = false;
    else if (arg === "--rcfile" || arg === "--init-file") at++;
    else if (arg === "--posix" || arg === "--noediting") continue;
    else if (arg.startsWith("--")) throw new Failure(`${arg}: invalid option`);
    else if (!/^[-+][A-Za-z]+$/.test(arg)) break;
    else {
      for (const letter of arg.slice(1)) {
        if (letter === "c") takesCommand = true;
        else if (letter === "l") parsed.isLogin = true;
        else if (letter === "i") parsed.isInteractive = true;
        else if (letter === "s") parsed.readsInput = true;
        else if (letter === "o") shell.options.add((args[++at] ?? "") as Option);
        else if (letter === "O") shell.shopt.add(args[++at] ?? "");
        else setLetter(shell, letter, arg.startsWith("-"));
      }
    }
  }
  parsed.rest = args.slice(at);
  if (takesCommand) {
    const command = parsed.rest.shift();
    if (command === undefined) throw new Failure("-c: option requires an argument");
    parsed.command = command;
  }
  return parsed;
}

async function run(shell: Shell, parsed: Parsed): Promise<number> {
  const { command, rest, isLogin, readsProfile } = parsed;
  const readsScript = command === undefined && rest.length > 0 && !parsed.readsInput;
  if (command === undefined && !readsScript && isInteractiveByTerminal(shell))
    parsed.isInteractive = true;
  shell.isInteractive = parsed.isInteractive;
  if (shell.isInteractive) shell.shopt.add("expand_aliases");
  if (isLogin && readsProfile) await readProfiles(shell);
  else if (shell.isInteractive && parsed.readsRc) {
    await readIfThere(shell, "/etc/bash.bashrc");
    await readIfThere(shell, `${shell.home}/.bashrc`);
  } else if (!shell.isInteractive) {
    const file = shell.variables.text("BASH_ENV");
    if (file !== undefined && file !== "") await readIfThere(shell, file);
  }
  shell.status = 0;
  if (command !== undefined) {
    const [name, ...args] = rest;
    if (name !== undefined) shell.name = name;
    shell.args = args;
    const errors = shell.name;
    shell.line = 1;
    return await runScript(shell, command, `${errors}: -c`);
  }
  if (readsScript) {
    const [path = "", ...args] = rest;
    return await runFile(shell, path, args);
  }
  shell.args = rest;
  if (shell.isInteractive) return await runInteractive(shell);
  return await runInput(shell);
}

async function runScript(shell: Shell, text: string, place: string): Promise<number> {
  try {
    const { statements } = parseScript(text);
    return statements.length === 0 ? 0 : await runStatements(shell, statements);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    await shell.warn(`${place}: line ${error.line}: ${error.message}\n`);
    return 2;
  }
}

async function runFile(shell: Shell, path: string, args: string[]): Promise<number> {
  let file: OpenFile;
  const found =
    path.includes("/") || shell.system.files.stat(shell.path(path)) !== undefined
      ? path
      : (findProgram(shell, path)?.path ?? path);
  try {
    if (shell.system.files.stat(shell.path(found))?.type === "directory")
      throw new Failure(`${path}: Is a directory`, { status: 126 });
    file = openFile(shell, found, "<");
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await shell.warn(`bash: ${error.message}\n`);
    return error.status === 126 ? 126 : 127;
  }
  let bytes: Uint8Array;
  try {
    bytes = await file.readAll();
  } finally {
    file.close();
  }
  shell.name = path;
  shell.args = args;
  if (bytes.subarray(0, 80).includes(0)) {
    await shell.warn(`${path}: ${path}: cannot execute binary file\n`);
    return 126;
  }
  return await runScript(shell, toText(bytes), path);
}

async function readProfiles(shell: Shell): Promise<void> {
  await readIfThere(shell, "/etc/profile");
  for (const name of [".bash_profile", ".bash_login", ".profile"]) {
    if (await readIfThere(shell, `${shell.home}/${name}`)) return;
  }
  // The images have only this one.
  if (shell.isInteractive) await readIfThere(shell, `${shell.home}/.bashrc`);
}

async function readIfThere(shell: Shell, path: string): Promise<boolean> {
  if (shell.system.files.stat(shell.path(path))?.type !== "file") return false;
  const file = openFile(shell, path, "<");
  let text: string;
  try {
    text = toText(await file.readAll());
  } finally {
    file.close();
  }
  shell.sources++;
  try {
    await runText(shell, text);
  } catch (error) {
    if ((error as Error).name !== "Return") throw error;
  } finally {
    shell.sources--;
  }
  return true;
}
