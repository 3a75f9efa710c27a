/** A shell: one line is one command, done with what the membrane granted. */
import { encodeText, toMessage } from "#base";
import { Membrane, WetwareSession } from "#capnp";
import { connectHost, type Cell } from "../sdk/index.ts";
import { runCommand } from "./commands.ts";
import { createLineEditor } from "./line-editor.ts";

const PROMPT = "ww> ";

export async function main(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const editor = createLineEditor(cell);
  for (;;) {
    const line = await editor.readLine(PROMPT);
    if (line === undefined) return 0;
    const words = line.trim().split(/\s+/);
    if (words[0] === "exit") return Number(words[1] ?? 0) & 0xff;
    try {
      await runCommand(words, { cell, editor, session: grafted.session.extension });
    } catch (error) {
      await cell.stderr.write(encodeText(editor.toOutput(`${toMessage(error)}\n`)));
    }
  }
}
