/** Running statements as a process of the shell's own: in a subshell, to its end. */
import type { Statement } from "./ast.ts";
import { Failure, Killed, Jump, PipeClosed, statusOf } from "./flow.ts";
import { withRedirections } from "./redirect.ts";
import { runTrap } from "./traps.ts";
import type { Shell } from "./shell.ts";

/** Takes the subshell over and closes it. Never rejects for what a script can do. */
export async function runProcess(
  child: Shell,
  statements: readonly Statement[],
  copiesInput = false,
): Promise<number> {
  return await endProcess(child, async () => {
    if (copiesInput) return await copyInput(child, statements);
    return await child.core.runStatements(child, statements);
  });
}

/** Runs something to its end, with the trap for it; closes the shell's files. */
export async function endProcess(child: Shell, run: () => Promise<number>): Promise<number> {
  let status: number;
  try {
    status = await run();
  } catch (error) {
    status = await toStatus(child, error);
  }
  try {
    child.status = status;
    const ending = child.traps.get(0);
    if (ending !== undefined && ending !== "") {
      child.traps.delete(0);
      // What ends it does not keep the trap from running.
      if (child.signal.aborted) child.signal = new AbortController().signal;
      await runTrap(child, ending);
      status = child.status;
    }
  } catch (error) {
    status = await toStatus(child, error);
  } finally {
    child.close();
  }
  return status & 0xff;
}

async function toStatus(child: Shell, error: unknown): Promise<number> {
  if (error instanceof Failure) {
    await child.complain(error.message);
    return error.status;
  }
  if (error instanceof Jump) return 0;
  const status = statusOf(error);
  if (status !== undefined) return status;
  if (child.signal.aborted) return statusOf(child.signal.reason) ?? new Killed(15).signal + 128;
  // The stack is exhausted, or a mistake of ours: the script ends, the others go on.
  await child.complain(error instanceof Error ? error.message : String(error));
  return error instanceof PipeClosed ? 141 : 1;
}

async function copyInput(child: Shell, statements: readonly Statement[]): Promise<number> {
  const command = statements[0]?.pipelines[0]?.commands[0];
  if (command?.type !== "SimpleCommand") return 0;
  return await withRedirections(child, command.redirections, async () => {
    for (;;) {
      const bytes = await child.file(0).read(65536);
      if (bytes.length === 0) return 0;
      await child.file(1).write(bytes);
    }
  });
}
