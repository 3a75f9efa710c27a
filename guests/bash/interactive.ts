/** A shell at a terminal: prompts, lines with history, interrupts, jobs that are told of. */
import { isComplete, parseScript, SyntaxProblem, type Script } from "./ast.ts";
import { describe } from "./builtins/job-control.ts";
import { complete } from "./completion.ts";
import { runStatements } from "./execute.ts";
import { Exit, Failure, Jump, Killed, PipeClosed, Return } from "./flow.ts";
import { createKeys } from "./keys.ts";
import { LineEditor, type Outcome } from "./line-editor.ts";
import { expandPrompt } from "./prompt.ts";
import type { Shell } from "./shell.ts";
import { toBytes, toText } from "./text.ts";

const HISTORY_LIMIT = 1000;
const READ_BYTES = 4096;
const SIGINT = 2;

export function isInteractiveByTerminal(shell: Shell): boolean {
  return shell.files.get(0)?.isTerminal === true && shell.files.get(2)?.isTerminal === true;
}

/** Until the input ends, or `exit`. */
export async function runInteractive(shell: Shell): Promise<number> {
  const session = new Session(shell);
  const watching = new AbortController();
  void session.watch(watching.signal);
  try {
    return await session.run();
  } finally {
    watching.abort(new Exit(0));
    shell.system.terminal?.setMode("cooked");
  }
}

class Session {
  readonly #shell: Shell;
  readonly #life: AbortSignal;
  readonly #keys = createKeys();
  /** Keys that were typed ahead. */
  #waiting: string[] = [];
  #running: AbortController | undefined;
  #editor: LineEditor | undefined;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#life = shell.signal;
  }

  async run(): Promise<number> {
    const shell = this.#shell;
    await this.#loadHistory();
    for (;;) {
      await this.#tellJobs();
      const script = await this.#readScript();
      if (script === "end") {
        if (this.#editor !== undefined) await shell.warn("exit\n");
        return shell.status;
      }
      if (script !== undefined) await this.#runScript(script);
    }
  }

  /** What happens to the terminal while the shell runs. */
  async watch(signal: AbortSignal): Promise<void> {
    const { terminal } = this.#shell.system;
    if (terminal === undefined) return;
    try {
      for (;;) {
        this.#tellSize();
        const event = await terminal.nextEvent({ signal });
        if (event.type === "interrupted") this.#interrupt();
        else if (this.#editor !== undefined && this.#running === undefined) {
          this.#editor.draw();
          await this.#show(this.#editor);
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #tellSize(): void {
    const size = this.#shell.system.terminal?.size();
    if (size === undefined) return;
    this.#shell.variables.set("COLUMNS", `${size.columns}`);
    this.#shell.variables.set("LINES", `${size.rows}`);
  }

  #interrupt(): void {
    const shell = this.#shell;
    if (shell.traps.has(SIGINT)) return shell.raise(SIGINT);
    this.#running?.abort(new Killed(SIGINT));
  }

  /** Lines until they are a whole script; undefined if there is nothing to do. */
  async #readScript(): Promise<Script | "end" | undefined> {
    const shell = this.#shell;
    let text = "";
    for (;;) {
      const prompt =
        shell.variables.text(text === "" ? "PS1" : "PS2") ?? (text === "" ? "\\s-\\v\\$ " : "> ");
      const line = await this.#readLine(await expandPrompt(shell, prompt));
      if (line === undefined) {
        shell.status = 130;
        return undefined;
      }
      if (line === "end") {
        if (text === "") return "end";
        await shell.complain("syntax error: unexpected end of file");
        return undefined;
      }
      text += text === "" ? line : `\n${line}`;
      if (text.trim() === "") return undefined;
      try {
        const script = parseScript(`${text}\n`);
        if (!isComplete(text, script)) continue;
        await this.#remember(text);
        return script;
      } catch (error) {
        if (!(error instanceof SyntaxProblem)) throw error;
        if (error.isIncomplete) continue;
        await this.#remember(text);
        await shell.complain(error.message);
        shell.status = 2;
        return undefined;
      }
    }
  }

  /** Undefined if it was cancelled. */
  async #readLine(prompt: string): Promise<string | undefined> {
    const shell = this.#shell;
    const { terminal } = shell.system;
    const isRaw = shell.files.get(0)?.isTerminal === true && terminal?.setMode("raw") === true;
    if (!isRaw) {
      await shell.warn(prompt);
      const bytes = await shell.file(0).readLine(undefined, { signal: this.#life });
      return bytes.length === 0 ? "end" : toText(bytes).replace(/\r?\n$/, "");
    }
    const editor = new LineEditor({
      prompt,
      history: shell.history,
      columns: () => terminal.size()?.columns ?? 80,
      complete: (line, cursor) => complete(shell, line, cursor),
    });
    this.#editor = editor;
    try {
      await this.#show(editor);
      const outcome = await this.#edit(editor);
      if (outcome.type === "line") return outcome.line;
      return outcome.type === "end" ? "end" : undefined;
    } finally {
      terminal.setMode("cooked");
    }
  }

  async #edit(editor: LineEditor): Promise<Outcome> {
    for (;;) {
      for (let key = this.#waiting.shift(); key !== undefined; key = this.#waiting.shift()) {
        const outcome = editor.press(key);
        if (outcome.type === "more") continue;
        await this.#show(editor);
        return outcome;
      }
      await this.#show(editor);
      const bytes = await this.#shell.file(0).read(READ_BYTES, { signal: this.#life });
      if (bytes.length === 0) return { type: "end" };
      this.#waiting.push(...this.#keys.take(bytes));
    }
  }

  async #show(editor: LineEditor): Promise<void> {
    await this.#shell.files.get(2)?.write(toBytes(editor.take()));
  }

  async #runScript(script: Script): Promise<void> {
    const shell = this.#shell;
    const running = new AbortController();
    this.#running = running;
    shell.signal = AbortSignal.any([this.#life, running.signal]);
    try {
      await runStatements(shell, script.statements);
    } catch (error) {
      await this.#recover(error);
    } finally {
      this.#running = undefined;
      shell.signal = this.#life;
      shell.tested = 0;
      shell.loops = 0;
    }
  }

  /** What ends a script ends a command here, and the shell goes on. */
  async #recover(error: unknown): Promise<void> {
    const shell = this.#shell;
    if (error instanceof Exit || this.#life.aborted) throw error;
    if (error instanceof Killed) {
      // Nothing is said of an expansion that could not be: that was said already.
      if (error.signal === SIGINT) await shell.warn("\n");
      if (error.signal > 0) shell.status = 128 + error.signal;
    } else if (error instanceof Failure) {
      await shell.complain(error.message);
      shell.status = error.status;
    } else if (error instanceof PipeClosed) shell.status = 141;
    else if (error instanceof Return) shell.status = error.status;
    else if (!(error instanceof Jump)) {
      await shell.complain(error instanceof Error ? error.message : String(error));
      shell.status = 1;
    }
  }

  async #tellJobs(): Promise<void> {
    const shell = this.#shell;
    for (const job of shell.jobs.all.slice()) {
      if (job.status === undefined || job.isTold) continue;
      await shell.warn(`${describe(shell, job)}\n`);
      shell.jobs.forget(job);
    }
  }

  #historyFile(): string {
    const shell = this.#shell;
    return shell.path(shell.variables.text("HISTFILE") ?? `${shell.home}/.bash_history`);
  }

  async #loadHistory(): Promise<void> {
    const { files } = this.#shell.system;
    try {
      const file = files.open(this.#historyFile(), { read: true });
      try {
        const lines = toText(file.read(0, Math.max(1, file.sizeBytes()))).split("\n");
        this.#shell.history.push(...lines.filter((line) => line !== "").slice(-HISTORY_LIMIT));
      } finally {
        file.close();
      }
    } catch {
      // There is none yet.
    }
  }

  async #remember(text: string): Promise<void> {
    const { history, system } = this.#shell;
    const line = text.replace(/\n+$/, "").replaceAll("\n", "; ");
    if (line.startsWith(" ") || history.at(-1) === line) return;
    history.push(line);
    if (history.length > HISTORY_LIMIT) history.shift();
    try {
      const file = system.files.open(this.#historyFile(), { write: true, create: true });
      try {
        file.append(toBytes(`${line}\n`));
      } finally {
        file.close();
      }
    } catch {
      // A session without a place for it still has its own.
    }
  }
}
