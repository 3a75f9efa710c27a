/** The state of one shell or subshell. Subshells are copies that run beside it. */
import type { Arithmetic, CommandOf, PartOf, Script, Statement } from "./ast.ts";
import { Failure, Killed } from "./flow.ts";
import type { Jobs } from "./jobs.ts";
import { createJobs } from "./jobs.ts";
import type { OpenFile } from "./open-files.ts";
import { normalizePath } from "./paths.ts";
import type { Piece } from "./pieces.ts";
import type { System } from "./system.ts";
import { toBytes } from "./text.ts";
import { Variables } from "./variables.ts";

/** A command that runs in the shell itself, with its descriptors; what it gives is its status. */
export type Builtin = (shell: Shell, args: readonly string[]) => Promise<number>;

/** The parts of the interpreter that need each other: each calls the others by this. */
export interface Core {
  runStatements(shell: Shell, statements: readonly Statement[]): Promise<number>;
  /** The output of a script, without newlines at its end. */
  substitute(shell: Shell, script: Script): Promise<string>;
  /** A path that a script's output is read from, or its input written to. */
  openSubstitution(shell: Shell, script: Script, direction: "input" | "output"): string;
  expandParameter(
    shell: Shell,
    part: PartOf<"ParameterExpansion">,
    quoted: boolean,
  ): Promise<Piece[]>;
  evaluate(shell: Shell, expression: Arithmetic): Promise<bigint>;
  evaluateText(shell: Shell, text: string, depth?: number): Promise<bigint>;
}

/** Commands that are programs elsewhere. */
export interface Tools {
  has(name: string): boolean;
  run(shell: Shell, name: string, args: readonly string[]): Promise<number>;
  names(): string[];
}

/** All that a shell can do. */
export interface Commands {
  readonly core: Core;
  readonly builtins: Readonly<Record<string, Builtin>>;
  readonly tools: Tools;
}

export type Option =
  | "allexport"
  | "errexit"
  | "noclobber"
  | "noexec"
  | "noglob"
  | "nounset"
  | "pipefail"
  | "verbose"
  | "xtrace";

/** After how many commands the clock is asked, and after what time others have a turn. */
const COMMANDS_PER_LOOK = 20;
const TURN_MS = 10;

export class Shell {
  readonly system: System;
  readonly core: Core;
  readonly builtins: Readonly<Record<string, Builtin>>;
  readonly tools: Tools;
  variables: Variables = new Variables();
  functions: Map<string, CommandOf<"FunctionDef">> = new Map();
  aliases: Map<string, string> = new Map();
  options: Set<Option> = new Set();
  shopt: Set<string> = new Set(["sourcepath", "cmdhist", "interactive_comments"]);
  cwd = "/";
  /** $0. */
  name = "bash";
  args: string[] = [];
  files: Map<number, OpenFile> = new Map();
  status = 0;
  pipeStatus: number[] = [0];
  jobs: Jobs = createJobs();
  lastBackground: number | undefined;
  /** Commands by signal's number; 0 is the end of the shell. */
  traps: Map<number, string> = new Map();
  signal: AbortSignal = new AbortController().signal;
  isInteractive = false;
  isSubshell = false;
  /** The port of the sandbox that its next program serves; 0 for none. */
  port = 0;
  /** It ends with its next command, whose redirections are its own. */
  isFinal = false;
  /** Above 0 where a failing command does not end a shell with -e. */
  tested = 0;
  loops = 0;
  functionNames: string[] = [];
  sources = 0;
  line = 0;
  lastWord = "";
  history: string[] = [];
  /** Aliases that are being expanded. */
  expanding: Set<string> = new Set();
  /** The status of the last command substitution of a command that has no name. */
  substituted: number | undefined;
  /** Where `getopts` is: a letter of an argument, and the index it left in OPTIND. */
  optionAt = 1;
  optionIndex = 1;
  hashed: Map<string, string> = new Map();
  directories: string[] = [];
  /** Descriptors of process substitutions of the command that runs. */
  opened: number[] = [];
  startedMs: number;
  /** Who waits and is told of signals that have a trap. */
  readonly wakers: Set<(signal: number) => void> = new Set();
  /** Signals that came and whose traps have not run yet. */
  readonly arrived: number[] = [];
  #commands = 0;
  #turnMs = 0;

  constructor(system: System, { core, builtins, tools }: Commands) {
    this.system = system;
    this.core = core;
    this.builtins = builtins;
    this.tools = tools;
    this.startedMs = system.nowMs();
    this.#turnMs = this.startedMs;
  }

  /** A subshell: everything is copied, descriptors are shared. Close it. */
  fork(signal: AbortSignal = this.signal): Shell {
    const child = new Shell(this.system, this);
    child.variables = this.variables.copy();
    child.functions = new Map(this.functions);
    child.aliases = new Map(this.aliases);
    child.options = new Set(this.options);
    child.shopt = new Set(this.shopt);
    child.cwd = this.cwd;
    child.name = this.name;
    child.args = [...this.args];
    child.files = shareFiles(this.files);
    child.status = this.status;
    child.lastBackground = this.lastBackground;
    child.signal = signal;
    child.isSubshell = true;
    child.port = this.port;
    child.tested = this.tested;
    child.loops = 0;
    child.functionNames = [...this.functionNames];
    child.sources = this.sources;
    child.line = this.line;
    child.lastWord = this.lastWord;
    child.history = this.history;
    child.hashed = new Map(this.hashed);
    child.directories = [...this.directories];
    child.startedMs = this.startedMs;
    // Traps are the shell's own, but what is ignored stays so.
    for (const [number, command] of this.traps) {
      if (command === "" && number !== 0) child.traps.set(number, "");
    }
    return child;
  }

  close(): void {
    closeFiles(this.files);
    this.files = new Map();
  }

  /** Between commands: others have their turn, and a signal its effect. */
  async step(): Promise<void> {
    if (++this.#commands % COMMANDS_PER_LOOK === 0) await this.#giveTurn();
    this.checkSignal();
  }

  async #giveTurn(): Promise<void> {
    const now = this.system.nowMs();
    if (now - this.#turnMs < TURN_MS) return;
    await this.system.sleep(0);
    this.#turnMs = this.system.nowMs();
  }

  checkSignal(): void {
    if (this.signal.aborted) throw this.signal.reason ?? new Killed(15);
  }

  /** A signal for this shell: its trap, or its end. */
  raise(signal: number): void {
    const command = this.traps.get(signal);
    if (command === undefined || signal === 9) throw new Killed(signal);
    if (command === "") return;
    this.arrived.push(signal);
    for (const wake of this.wakers) wake(signal);
  }

  file(descriptor: number): OpenFile {
    const file = this.files.get(descriptor);
    if (file === undefined) throw new Failure(`${descriptor}: Bad file descriptor`);
    return file;
  }

  async print(text: string): Promise<void> {
    await this.file(1).write(toBytes(text), { signal: this.signal });
  }

  /** A sentence on the standard error, as bash says it. */
  async complain(text: string): Promise<void> {
    const place = this.isInteractive ? this.name : `${this.name}: line ${this.line}`;
    await this.warn(`${place}: ${text}\n`);
  }

  async warn(text: string): Promise<void> {
    await this.files
      .get(2)
      ?.write(toBytes(text))
      .catch(() => undefined);
  }

  /** An absolute path, as `cd` would follow it. */
  path(text: string): string {
    return text.startsWith("/") ? text : `${this.cwd === "/" ? "" : this.cwd}/${text}`;
  }

  get home(): string {
    return this.variables.text("HOME") ?? "/";
  }

  setDirectory(path: string): void {
    this.variables.set("OLDPWD", this.cwd);
    this.cwd = normalizePath(path);
    this.variables.set("PWD", this.cwd);
  }
}

export function shareFiles(files: ReadonlyMap<number, OpenFile>): Map<number, OpenFile> {
  return new Map(Array.from(files, ([number, file]) => [number, file.share()]));
}

export function closeFiles(files: ReadonlyMap<number, OpenFile>): void {
  for (const file of files.values()) file.close();
}
