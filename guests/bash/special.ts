/** Special parameters, and variables that are computed when they are read. */
import type { Shell } from "./shell.ts";

export const OPTION_LETTERS: Readonly<Record<string, string>> = {
  allexport: "a",
  errexit: "e",
  noglob: "f",
  noexec: "n",
  nounset: "u",
  verbose: "v",
  xtrace: "x",
  noclobber: "C",
};

/** Undefined for ordinary ones. */
export function readSpecial(shell: Shell, name: string): string | undefined {
  switch (name) {
    case "?":
      return `${shell.status}`;
    case "#":
      return `${shell.args.length}`;
    case "$":
      return `${shell.system.pid}`;
    case "!":
      return `${shell.lastBackground ?? ""}`;
    case "-":
      return `${[...shell.options].map((option) => OPTION_LETTERS[option] ?? "").join("")}hB${shell.isInteractive ? "i" : ""}`;
    case "_":
      return shell.lastWord;
    case "LINENO":
      return `${shell.line}`;
    case "RANDOM":
      return `${Math.floor(Math.random() * 32768)}`;
    case "SRANDOM":
      return `${Math.floor(Math.random() * 2 ** 32)}`;
    case "SECONDS":
      return `${Math.floor((shell.system.nowMs() - shell.startedMs) / 1000)}`;
    case "EPOCHSECONDS":
      return `${Math.floor(Date.now() / 1000)}`;
    case "EPOCHREALTIME":
      return (Date.now() / 1000).toFixed(6);
    case "BASHPID":
      return `${shell.system.pid}`;
    case "FUNCNAME":
      return shell.functionNames.at(-1);
    default:
      return undefined;
  }
}
