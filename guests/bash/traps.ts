/** What `trap` set: commands at the end of a shell, and when signals come. */
import { parseScript } from "./ast.ts";
import type { Shell } from "./shell.ts";

/** Runs a trap's command; `$?` is afterwards what it was. */
export async function runTrap(shell: Shell, command: string): Promise<void> {
  const { status } = shell;
  await shell.core.runStatements(shell, parseScript(command).statements);
  shell.status = status;
}

/** Runs the traps of signals that came since the last time. */
export async function runArrived(shell: Shell): Promise<void> {
  for (;;) {
    const signal = shell.arrived.shift();
    if (signal === undefined) return;
    const command = shell.traps.get(signal);
    if (command !== undefined && command !== "") await runTrap(shell, command);
  }
}
