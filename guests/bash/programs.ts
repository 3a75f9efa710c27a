/** Runs programs: finds files on PATH, starts components as processes, and runs scripts in a subshell. */
import { parseScript } from "./ast.ts";
import { Failure, Killed } from "./flow.ts";
import type { OpenFile } from "./open-files.ts";
import { nameOf } from "./paths.ts";
import { endProcess } from "./process.ts";
import type { Shell } from "./shell.ts";
import { FileError, type RunningProgram, type Stream } from "./system.ts";
import { toText } from "./text.ts";
import { Variables } from "./variables.ts";

const HEAD_BYTES = 256;
const PIECE_BYTES = 64 * 1024;
/** The targets of the tools' links. */
const SHELLS: ReadonlySet<string> = new Set(["bash", "sh"]);

export interface Program {
  readonly path: string;
  /** One of the shell's own tools has that name. */
  readonly isTool: boolean;
}

/** Finds a program by its path, or on PATH. */
export function findProgram(shell: Shell, name: string): Program | undefined {
  if (name === "") return undefined;
  if (name.includes("/")) {
    const path = shell.path(name);
    return shell.system.files.stat(path) === undefined
      ? undefined
      : { path, isTool: leadsToShell(shell, path) };
  }
  for (const folder of (shell.variables.text("PATH") ?? "").split(":")) {
    const path = `${shell.path(folder === "" ? "." : folder)}/${name}`;
    const stat = shell.system.files.stat(path);
    if (stat === undefined || stat.type === "directory") continue;
    if (stat.mode !== undefined && (stat.mode & 0o111) === 0) continue;
    return { path, isTool: leadsToShell(shell, path) };
  }
  return undefined;
}

/** In place of a program, a tool has a link to the shell. */
function leadsToShell(shell: Shell, path: string): boolean {
  if (SHELLS.has(nameOf(path)) && /^\/(usr\/)?bin\/\w+$/.test(path)) return true;
  if (!shell.tools.has(nameOf(path))) return false;
  const { files } = shell.system;
  if (shell.system.start === undefined && !path.startsWith(shell.cwd))
    return files.stat(path)?.type === "file";
  if (files.stat(path, false)?.type !== "link") return false;
  return SHELLS.has(nameOf(files.readLink(path)));
}

export async function runProgram(
  shell: Shell,
  path: string,
  argv0: string,
  args: readonly string[],
): Promise<number> {
  let head: Uint8Array;
  try {
    if (shell.system.files.stat(path)?.type === "directory") throw new FileError("EISDIR");
    head = readHead(shell, path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await shell.complain(`${argv0}: ${error.message}`);
    return error.code === "ENOENT" ? 127 : 126;
  }
  const kind = toKind(head);
  if (kind === "module") {
    await shell.complain(`${argv0}: is a core module, and only components run as programs`);
    return 126;
  }
  if (kind === "component") return await runComponent(shell, path, argv0, args);
  if (kind === "binary") {
    await shell.complain(`${argv0}: cannot execute binary file: Exec format error`);
    return 126;
  }
  return await runScript(shell, path, argv0, args, toText(head));
}

function readHead(shell: Shell, path: string): Uint8Array {
  const file = shell.system.files.open(path, { read: true });
  try {
    return file.read(0, HEAD_BYTES);
  } finally {
    file.close();
  }
}

function toKind(head: Uint8Array): "component" | "module" | "binary" | "text" {
  if (head[0] === 0 && head[1] === 0x61 && head[2] === 0x73 && head[3] === 0x6d) {
    return head[6] === 1 ? "component" : "module";
  }
  const line = head.indexOf(0x0a);
  return head.subarray(0, line < 0 ? head.length : line).includes(0) ? "binary" : "text";
}

async function runScript(
  shell: Shell,
  path: string,
  argv0: string,
  args: readonly string[],
  head: string,
): Promise<number> {
  const interpreter = /^#![ \t]*(\S+)(?:[ \t]+([^\n]*))?/.exec(head);
  const words =
    interpreter === null
      ? []
      : [interpreter[1] ?? "", ...(interpreter[2]?.trim().split(/\s+/) ?? [])].filter(
          (word) => word !== "",
        );
  let [program, ...options] = words;
  if (program !== undefined && nameOf(program) === "env") {
    [program, ...options] = options.filter((word) => word !== "-S");
  }
  if (program !== undefined && !SHELLS.has(nameOf(program)) && nameOf(program) !== "dash") {
    const found = findProgram(shell, program);
    if (found !== undefined && !found.isTool) {
      return await runProgram(shell, found.path, program, [...options, path, ...args]);
    }
    const tool = nameOf(program);
    if (shell.tools.has(tool))
      return await shell.tools.run(shell, tool, [...options, path, ...args]);
    await shell.complain(`${argv0}: ${words[0] ?? ""}: bad interpreter: No such file or directory`);
    return 126;
  }
  const file = shell.system.files.open(path, { read: true });
  let text: string;
  try {
    text = toText(file.read(0, file.sizeBytes()));
  } finally {
    file.close();
  }
  const child = toFresh(shell, argv0.includes("/") ? argv0 : path, args);
  for (const option of options) {
    for (const letter of /^-[eux]+$/.test(option) ? option.slice(1) : "") {
      child.options.add(letter === "e" ? "errexit" : letter === "u" ? "nounset" : "xtrace");
    }
  }
  return await endProcess(child, async () => {
    try {
      return await child.core.runStatements(child, parseScript(text).statements);
    } catch (error) {
      if ((error as Error).name !== "SyntaxProblem") throw error;
      await child.complain((error as Error).message);
      return 2;
    }
  });
}

/** A fresh shell, which has the environment of its parent and nothing else. */
export function toFresh(shell: Shell, name: string, args: readonly string[]): Shell {
  const child = shell.fork();
  const environment = child.variables.environment();
  child.variables = new Variables();
  for (const [variable, text] of environment) {
    child.variables.set(variable, text);
    child.variables.declare(variable).isExported = true;
  }
  child.variables.set("IFS", " \t\n");
  child.functions.clear();
  child.aliases.clear();
  child.options.clear();
  child.shopt = new Set(["sourcepath"]);
  child.functionNames = [];
  child.sources = 0;
  child.tested = 0;
  child.status = 0;
  child.name = name;
  child.args = [...args];
  child.line = 0;
  return child;
}

async function runComponent(
  shell: Shell,
  path: string,
  argv0: string,
  args: readonly string[],
): Promise<number> {
  const { start } = shell.system;
  if (start === undefined) {
    await shell.complain(`${argv0}: programs cannot be started here`);
    return 126;
  }
  const streams = [0, 1, 2].map((number) => toStream(shell.files.get(number), number));
  const [stdin = "nothing", stdout = "nothing", stderr = "nothing"] = streams;
  const env = Array.from(shell.variables.environment(), ([name, text]) => `${name}=${text}`);
  let program: RunningProgram;
  try {
    program = await start({
      path,
      argv0,
      args,
      env,
      cwd: shell.cwd,
      stdin,
      stdout,
      stderr,
      port: shell.port,
    });
  } catch (error) {
    await shell.complain(`${argv0}: ${error instanceof Error ? error.message : String(error)}`);
    return 126;
  }
  return await attend(shell, program, argv0);
}

function toStream(file: OpenFile | undefined, number: number): Stream {
  if (file === undefined || file.isNull) return "nothing";
  return file.own === number ? "inherited" : "piped";
}

async function attend(shell: Shell, program: RunningProgram, name: string): Promise<number> {
  using held = program;
  const ended = new AbortController();
  const pass = (): void => {
    const reason: unknown = shell.signal.reason;
    void held.signal(reason instanceof Killed ? reason.signal : 15).catch(() => undefined);
  };
  if (shell.signal.aborted) pass();
  shell.signal.addEventListener("abort", pass, { once: true });
  try {
    const feeding = feed(shell.files.get(0), held, ended.signal);
    const draining = [
      drain(shell.files.get(1), held.stdout),
      drain(shell.files.get(2), held.stderr),
    ];
    const [{ status, failure }] = await Promise.all([held.wait(), ...draining]);
    ended.abort(new Failure("ended"));
    await feeding;
    if (failure !== undefined) await shell.complain(`${name}: ${failure}`);
    return status;
  } finally {
    shell.signal.removeEventListener("abort", pass);
  }
}

/** Passes input on until the program or its input has ended. */
async function feed(
  file: OpenFile | undefined,
  { stdin }: RunningProgram,
  signal: AbortSignal,
): Promise<void> {
  if (stdin === undefined) return;
  try {
    for (;;) {
      const bytes = (await file?.read(PIECE_BYTES, { signal })) ?? new Uint8Array(0);
      if (bytes.length === 0) break;
      await stdin.write(bytes);
    }
  } catch {
    // The program takes no more of it.
  }
  await stdin.close().catch(() => undefined);
}

/** Passes output on. When the reader is gone, the rest is read and dropped, so that the program does not block. */
async function drain(file: OpenFile | undefined, stream: RunningProgram["stdout"]): Promise<void> {
  if (stream === undefined) return;
  let isGone = file === undefined;
  for (;;) {
    const bytes = await stream.read(PIECE_BYTES);
    if (bytes.length === 0) return;
    if (!isGone) await file?.write(bytes).catch(() => (isGone = true));
  }
}
