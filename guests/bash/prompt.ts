/** Prompts: the escapes of PS1 and PS2. */
import { formatDate } from "./builtins/format-date.ts";
import { parseScript } from "./ast.ts";
import { expandText } from "./expand.ts";
import { nameOf } from "./paths.ts";
import type { Shell } from "./shell.ts";

export async function expandPrompt(shell: Shell, text: string): Promise<string> {
  const whole = text.replace(/\\(\[|\]|[0-7]{3}|D\{[^}]*\}|.)/gs, (_, code: string) =>
    escape(shell, code),
  );
  if (!/[$`]/.test(whole.replace(/\$(?=\s|$)/g, ""))) return whole;
  try {
    const quoted = whole.replace(/(["\\])/g, "\\$1").replace(/\$(?=\s|$)/g, "\\$");
    const command = parseScript(`: "${quoted}"`).statements[0]?.pipelines[0]?.commands[0];
    const word = command?.type === "SimpleCommand" ? command.args[0] : undefined;
    return word === undefined ? whole : await expandText(shell, word);
  } catch {
    return whole;
  }
}

function escape(shell: Shell, code: string): string {
  const now = new Date();
  switch (code.charAt(0)) {
    case "u":
      return shell.variables.text("USER") ?? "user";
    case "h":
    case "H":
      return shell.variables.text("HOSTNAME") ?? "wetware";
    case "w": {
      const { cwd, home } = shell;
      return cwd === home || cwd.startsWith(`${home}/`) ? `~${cwd.slice(home.length)}` : cwd;
    }
    case "W":
      return shell.cwd === shell.home ? "~" : shell.cwd === "/" ? "/" : nameOf(shell.cwd);
    case "$":
      return shell.variables.text("USER") === "root" ? "#" : "$";
    case "n":
      return "\r\n";
    case "r":
      return "\r";
    case "e":
      return "\x1b";
    case "a":
      return "\x07";
    case "[":
    case "]":
      return "";
    case "t":
      return formatDate("%H:%M:%S", now);
    case "T":
      return formatDate("%I:%M:%S", now);
    case "A":
      return formatDate("%H:%M", now);
    case "d":
      return formatDate("%a %b %d", now);
    case "D":
      return formatDate(code.slice(2, -1), now);
    case "!":
    case "#":
      return `${shell.history.length + 1}`;
    case "j":
      return `${shell.jobs.all.length}`;
    case "s":
      return nameOf(shell.name);
    case "v":
    case "V":
      return "5.2";
    case "\\":
      return "\\";
    default:
      return /^[0-7]{3}$/.test(code) ? String.fromCharCode(parseInt(code, 8)) : `\\${code}`;
  }
}
