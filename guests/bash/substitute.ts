/** Command substitution, and process substitution as a descriptor. */
import type { Script } from "./ast.ts";
import { runProcess } from "./process.ts";
import { openPipe } from "./open-files.ts";
import type { Shell } from "./shell.ts";
import { toText } from "./text.ts";

/** The output without newlines at its end. */
export async function substitute(shell: Shell, script: Script): Promise<string> {
  const [redirection, ...others] = readsFile(script);
  if (redirection !== undefined && others.length === 0) {
    // `$(<file)` runs nothing.
    shell.substituted = 0;
  }
  const { reader, writer } = openPipe();
  const child = shell.fork();
  child.files.get(1)?.close();
  child.files.set(1, writer);
  if (!shell.shopt.has("inherit_errexit")) child.options.delete("errexit");
  try {
    const [status, bytes] = await Promise.all([
      runProcess(child, script.statements, redirection !== undefined),
      reader.readAll(),
    ]);
    shell.substituted = status;
    shell.status = status;
    return toText(bytes.includes(0) ? bytes.filter((byte) => byte !== 0) : bytes).replace(
      /\n+$/,
      "",
    );
  } finally {
    reader.close();
  }
}

/** Whether it is one redirection of input and nothing else. */
function readsFile(script: Script): unknown[] {
  const [statement, ...more] = script.statements;
  const command =
    statement?.pipelines.length === 1 ? statement.pipelines[0]?.commands[0] : undefined;
  if (more.length > 0 || command?.type !== "SimpleCommand" || command.name !== null) return [];
  if (command.assignments.length > 0) return [];
  return command.redirections.filter(({ operator }) => operator === "<");
}

const FIRST_DESCRIPTOR = 63;

/** A path that a command reads the script's output from, or writes its input to. */
export function openSubstitution(
  shell: Shell,
  script: Script,
  direction: "input" | "output",
): string {
  let number = FIRST_DESCRIPTOR;
  while (shell.files.has(number)) number--;
  const { reader, writer } = openPipe();
  const child = shell.fork();
  const own = direction === "input" ? 1 : 0;
  child.files.get(own)?.close();
  child.files.set(own, direction === "input" ? writer : reader);
  shell.files.set(number, direction === "input" ? reader : writer);
  shell.opened.push(number);
  void runProcess(child, script.statements);
  return `/dev/fd/${number}`;
}
