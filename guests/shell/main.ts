/** A shell: one line is one command, done with what the membrane granted. */
import { encodeText, toMessage } from "#base";
import { Membrane, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../sdk/index.ts";
import { runCommand } from "./commands.ts";
import { readLines } from "./lines.ts";

const PROMPT = "ww> ";

export async function main(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  await show(cell, PROMPT);
  for await (const line of readLines(cell.stdin)) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "exit") return Number(words[1] ?? 0) & 0xff;
    try {
      await runCommand(words, { cell, session: grafted.session.extension });
    } catch (error) {
      await cell.stderr.write(encodeText(`${toMessage(error)}\n`));
    }
    await show(cell, PROMPT);
  }
  // The input has ended in the middle of a line.
  await show(cell, "\n");
  return 0;
}

function show({ stdout }: Cell, text: string): Promise<void> {
  return stdout.write(encodeText(text));
}
