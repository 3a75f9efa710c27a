/** Tools: commands that other systems have as programs, in the shell's own process. */
import { createCommandContext, type Command, type ExecResult } from "just-bash";
import { concatBytes } from "#base";
import { parseScript } from "../ast.ts";
import { runStatements } from "../execute.ts";
import { fromBytes, openPipe } from "../open-files.ts";
import { endProcess } from "../process.ts";
import { quoteText } from "../quote.ts";
import type { Shell } from "../shell.ts";
import { fromLatin, toBytes, toLatin, toText } from "../text.ts";
import { createFileSystem } from "./file-system.ts";
import { runsByLines } from "./by-lines.ts";
import { STREAMING } from "./streaming.ts";
import { TOOLS } from "./table.ts";

/** Lines that are worked on at once: short against what a reader waits for. */
const PIECE_BYTES = 4 * 1024;
const NEWLINE = 0x0a;

/** More than a script needs; what a cell may take is the cell's business. */
const LIMITS = {
  maxCommandCount: Number.MAX_SAFE_INTEGER,
  maxLoopIterations: Number.MAX_SAFE_INTEGER,
  maxAwkIterations: Number.MAX_SAFE_INTEGER,
  maxSedIterations: Number.MAX_SAFE_INTEGER,
  maxJqIterations: Number.MAX_SAFE_INTEGER,
  maxOutputSize: 2 ** 30,
  maxStringLength: 2 ** 29,
};

export function isTool(name: string): boolean {
  return Object.hasOwn(STREAMING, name) || Object.hasOwn(TOOLS, name);
}

export function toolNames(): string[] {
  return [...Object.keys(STREAMING), ...Object.keys(TOOLS)].sort();
}

export async function runTool(
  shell: Shell,
  name: string,
  args: readonly string[],
): Promise<number> {
  const streaming = Object.hasOwn(STREAMING, name) ? STREAMING[name] : undefined;
  if (streaming !== undefined) return await streaming(shell, args);
  const command = await TOOLS[name]?.();
  if (command === undefined) throw new TypeError(`No tool is called ${name}`);
  const input = shell.files.get(0);
  if (input !== undefined && runsByLines(name, args)) return await runByLines(shell, command, args);
  return await runWhole(shell, command, args);
}

/** Standard input is read only if the tool asks for it: then it starts again, with all of it. */
async function runWhole(shell: Shell, command: Command, args: readonly string[]): Promise<number> {
  let asked = false;
  const first = await execute(shell, command, args, () => {
    asked = true;
    return "";
  });
  if (!asked) return await give(shell, first);
  const bytes = await shell.files.get(0)?.readAll({ signal: shell.signal });
  const text = bytes === undefined ? "" : toLatin(bytes);
  if (text === "") return await give(shell, first);
  return await give(shell, await execute(shell, command, args, () => text));
}

/** Lines are given on as they come. */
async function runByLines(
  shell: Shell,
  command: Command,
  args: readonly string[],
): Promise<number> {
  let status: number | undefined;
  let rest: Uint8Array = new Uint8Array(0);
  for (;;) {
    const bytes = await shell.file(0).read(PIECE_BYTES, { signal: shell.signal });
    const isLast = bytes.length === 0;
    const all = rest.length === 0 ? bytes : concatBytes([rest, bytes]);
    const end = isLast ? all.length : all.lastIndexOf(NEWLINE) + 1;
    rest = all.slice(end);
    if (end > 0 || (isLast && status === undefined)) {
      const text = toLatin(all.subarray(0, end));
      const result = await execute(shell, command, args, () => text);
      const code = await give(shell, result);
      // As with grep: one line that was found is enough, and a mistake is one at once.
      status = Math.min(status ?? code, code);
      if (code > 1) return code;
    }
    if (isLast) return status ?? 0;
  }
}

async function give(shell: Shell, result: ExecResult): Promise<number> {
  if (result.stderr !== "") await shell.files.get(2)?.write(toBytes(result.stderr));
  const isBytes = result.stdoutKind === "bytes" || result.stdoutEncoding === "binary";
  if (result.stdout !== "") {
    const bytes = isBytes ? fromLatin(result.stdout) : toBytes(result.stdout);
    await shell.files.get(1)?.write(bytes, { signal: shell.signal });
  }
  return result.exitCode & 0xff;
}

async function execute(
  shell: Shell,
  command: Command,
  args: readonly string[],
  readInput: () => string,
): Promise<ExecResult> {
  const environment = shell.variables.environment();
  const context = createCommandContext({
    fs: createFileSystem(shell),
    cwd: shell.cwd,
    env: environment,
    exportedEnv: Object.fromEntries(environment),
    executionLimits: LIMITS,
    signal: shell.signal,
    sleep: async (durationMs) => await shell.system.sleep(durationMs, { signal: shell.signal }),
    exec: async (text, options) => await executeText(shell, text, options),
  });
  Object.defineProperty(context, "stdin", { get: readInput, enumerable: true });
  try {
    return await command.execute([...args], context);
  } catch (error) {
    shell.checkSignal();
    const said = error instanceof Error ? error.message : String(error);
    return { stdout: "", stderr: `${command.name}: ${said}\n`, exitCode: 2 };
  }
}

interface ExecuteOptions {
  readonly cwd: string;
  readonly stdin?: string;
  readonly stdinKind?: "text" | "bytes";
  readonly env?: Record<string, string>;
  readonly replaceEnv?: boolean;
  readonly args?: string[];
}

/** A command that a tool runs, as `find -exec` does: its output is the tool's. */
async function executeText(
  shell: Shell,
  text: string,
  { cwd, stdin = "", stdinKind, env = {}, args = [] }: ExecuteOptions,
): Promise<ExecResult> {
  const output = openPipe();
  const errors = openPipe();
  const child = shell.fork();
  for (const file of child.files.values()) file.close();
  const input = fromBytes(stdinKind === "bytes" ? fromLatin(stdin) : toBytes(stdin));
  child.files = new Map([
    [0, input],
    [1, output.writer],
    [2, errors.writer],
  ]);
  child.cwd = cwd;
  for (const [name, value] of Object.entries(env)) child.variables.set(name, value);
  const line = [text, ...args.map(quoteText)].join(" ");
  const [exitCode, out, err] = await Promise.all([
    endProcess(child, () => runStatements(child, parseScript(line).statements)),
    output.reader.readAll(),
    errors.reader.readAll(),
  ]);
  return { stdout: toLatin(out), stdoutKind: "bytes", stderr: toText(err), exitCode };
}
