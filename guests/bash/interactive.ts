/** A shell at a terminal: prompts, lines with history, jobs that are told of. */
import type { Shell } from "./shell.ts";
import { runInput } from "./run-input.ts";

export function isInteractiveByTerminal(shell: Shell): boolean {
  return shell.files.get(0)?.isTerminal === true && shell.files.get(2)?.isTerminal === true;
}

export async function runInteractive(shell: Shell): Promise<number> {
  return await runInput(shell);
}
