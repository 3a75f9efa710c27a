/** A script on standard input: run as it comes, so that its commands can read what follows. */
import { isComplete, parseScript, SyntaxProblem, type Script } from "./ast.ts";
import { runStatements } from "./execute.ts";
import type { Shell } from "./shell.ts";
import { toText } from "./text.ts";

export async function runInput(shell: Shell): Promise<number> {
  let held = "";
  let line = 0;
  for (;;) {
    const bytes = await shell.file(0).readLine(undefined, { signal: shell.signal });
    const isLast = bytes.length === 0;
    if (isLast && held === "") return shell.status;
    held += toText(bytes);
    let script: Script;
    try {
      script = parseScript(held);
      if (!isLast && !isComplete(held, script)) continue;
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      if (error.isIncomplete && !isLast) continue;
      await shell.warn(`${shell.name}: line ${line + error.line}: ${error.message}\n`);
      return 2;
    }
    line += held.split("\n").length - 1;
    held = "";
    await runStatements(shell, script.statements);
    if (isLast) return shell.status;
  }
}
