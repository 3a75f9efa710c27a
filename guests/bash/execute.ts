/** Running a script: statements, lists and pipelines. Stages of a pipeline run at the same time. */
import type { Command, Pipeline, Statement } from "./ast.ts";
import { runCompound } from "./compound.ts";
import { describeStatement } from "./describe.ts";
import { Exit, Failure, Killed } from "./flow.ts";
import { openDevice, openPipe } from "./open-files.ts";
import { endProcess } from "./process.ts";
import type { Shell } from "./shell.ts";
import { runSimple } from "./simple.ts";
import { runArrived } from "./traps.ts";

export async function runStatements(
  shell: Shell,
  statements: readonly Statement[],
): Promise<number> {
  for (const [at, statement] of statements.entries()) {
    await shell.step();
    // A line that cannot be read is not begun.
    const next = statements[at + 1];
    if (next?.deferredError !== undefined && (next.line ?? statement.line) === statement.line) {
      throw new Failure(next.deferredError.message, { status: 2, isFatal: true });
    }
    if (shell.arrived.length > 0) await runArrived(shell);
    await runStatement(shell, statement);
  }
  if (shell.arrived.length > 0) await runArrived(shell);
  return shell.status;
}

async function runStatement(shell: Shell, statement: Statement): Promise<void> {
  if (statement.deferredError !== undefined) {
    shell.line = statement.line ?? shell.line;
    throw new Failure(statement.deferredError.message, { status: 2, isFatal: true });
  }
  if (statement.background) return await startBackground(shell, statement);
  const { pipelines, operators } = statement;
  let skips = false;
  for (const [at, pipeline] of pipelines.entries()) {
    const before = operators[at - 1];
    if (before === "&&") skips = shell.status !== 0;
    else if (before === "||") skips = shell.status === 0;
    else skips = false;
    if (skips) continue;
    const isTested = at < pipelines.length - 1 && operators[at] !== ";";
    if (isTested) shell.tested++;
    try {
      await runPipeline(shell, pipeline);
    } finally {
      if (isTested) shell.tested--;
    }
    if (!isTested) exitOnError(shell, pipeline);
  }
}

/** The rule of `set -e`. */
function exitOnError(shell: Shell, { negated, commands }: Pipeline): void {
  if (shell.status === 0 || shell.tested > 0 || negated || !shell.options.has("errexit")) return;
  const [command] = commands;
  const isCompound =
    commands.length === 1 &&
    command !== undefined &&
    !["SimpleCommand", "Subshell", "ArithmeticCommand", "ConditionalCommand"].includes(
      command.type,
    );
  // What failed inside of it was tested there, or the shell has ended already.
  if (isCompound) return;
  throw new Exit(shell.status);
}

async function startBackground(shell: Shell, statement: Statement): Promise<void> {
  const text = describeStatement(statement);
  const ending = new AbortController();
  const child = shell.fork(AbortSignal.any([ending.signal, shell.signal]));
  const deliver = (signal: number): void => {
    try {
      child.raise(signal);
    } catch (error) {
      ending.abort(error);
    }
  };
  const job = shell.jobs.add(text, deliver, async () => {
    if (!shell.isInteractive) {
      // Nobody types for it.
      child.files.get(0)?.close();
      const none = openDevice("/dev/null", shell.system);
      if (none !== undefined) child.files.set(0, none);
    }
    return await endProcess(child, async () => {
      await child.system.sleep(0);
      child.checkSignal();
      const [only] = statement.pipelines;
      const [command] = only?.commands ?? [];
      const isSubshell =
        statement.pipelines.length === 1 && only?.commands.length === 1 && !only.negated;
      if (isSubshell && command?.type === "Subshell" && command.redirections.length === 0) {
        // It is a subshell already: its traps are those of the job.
        return await runStatements(child, command.body);
      }
      child.isFinal = statement.pipelines.length === 1 && only?.commands.length === 1;
      await runStatement(child, { ...statement, background: false });
      return child.status;
    });
  });
  shell.lastBackground = job.pid;
  shell.status = 0;
  if (shell.isInteractive && !shell.isSubshell) await shell.warn(`[${job.number}] ${job.pid}\n`);
}

async function runPipeline(shell: Shell, pipeline: Pipeline): Promise<void> {
  const startedMs = shell.system.nowMs();
  const { commands, negated } = pipeline;
  const [only] = commands;
  if (negated) shell.tested++;
  try {
    if (commands.length === 1 && only !== undefined) {
      shell.status = await runCommand(shell, only);
      shell.pipeStatus = [shell.status];
    } else {
      shell.pipeStatus = await runStages(shell, pipeline);
      const failed = shell.pipeStatus.findLast((status) => status !== 0) ?? 0;
      shell.status = shell.options.has("pipefail") ? failed : (shell.pipeStatus.at(-1) ?? 0);
    }
  } finally {
    if (negated) shell.tested--;
  }
  if (negated) shell.status = shell.status === 0 ? 1 : 0;
  if (pipeline.timed === true) await tellTime(shell, shell.system.nowMs() - startedMs, pipeline);
}

async function runStages(shell: Shell, { commands, pipeStderr }: Pipeline): Promise<number[]> {
  const running: Promise<number>[] = [];
  let input: ReturnType<typeof openPipe>["reader"] | undefined;
  for (const [at, command] of commands.entries()) {
    const child = shell.fork();
    if (input !== undefined) {
      child.files.get(0)?.close();
      child.files.set(0, input);
      input = undefined;
    }
    if (at < commands.length - 1) {
      const { reader, writer } = openPipe();
      child.files.get(1)?.close();
      child.files.set(1, writer);
      if (pipeStderr?.[at] === true) {
        child.files.get(2)?.close();
        child.files.set(2, writer.share());
      }
      input = reader;
    }
    child.isFinal = true;
    running.push(endProcess(child, () => runCommand(child, command)));
  }
  const statuses = await Promise.all(running);
  shell.checkSignal();
  return statuses;
}

async function runCommand(shell: Shell, command: Command): Promise<number> {
  if (command.line !== undefined && command.line > 0) shell.line = command.line;
  const { opened } = shell;
  shell.opened = [];
  try {
    if (command.type === "SimpleCommand") return await runSimple(shell, command);
    return await runCompound(shell, command);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await shell.complain(error.message);
    shell.status = error.status;
    if (error.isFatal && !shell.isInteractive) throw new Exit(error.status);
    if (error.isFatal && shell.isInteractive) throw new Killed(0);
    return error.status;
  } finally {
    for (const number of shell.opened) {
      shell.files.get(number)?.close();
      shell.files.delete(number);
    }
    shell.opened = opened;
  }
}

async function tellTime(shell: Shell, spentMs: number, { timePosix }: Pipeline): Promise<void> {
  const seconds = spentMs / 1000;
  if (timePosix === true) {
    await shell.warn(`real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`);
    return;
  }
  const text = `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s`;
  await shell.warn(`\nreal\t${text}\nuser\t0m0.000s\nsys\t0m0.000s\n`);
}
