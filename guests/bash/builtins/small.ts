/** Builtins of a few lines. */
import type { Builtin } from "../shell.ts";

/** What is for a terminal or a system that cells have no such thing of. */
export const ignored: Builtin = async () => 0;

export const umask: Builtin = async (shell, [mode]) => {
  if (mode === undefined) await shell.print("0022\n");
  return 0;
};

export const ulimit: Builtin = async (shell) => {
  await shell.print("unlimited\n");
  return 0;
};

export const times: Builtin = async (shell) => {
  await shell.print("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n");
  return 0;
};

export const history: Builtin = async (shell, [first]) => {
  if (first === "-c") {
    shell.history.length = 0;
    return 0;
  }
  const count = Number(first ?? shell.history.length);
  const from = Math.max(0, shell.history.length - count);
  for (const [at, line] of shell.history.slice(from).entries()) {
    await shell.print(`${`${from + at + 1}`.padStart(5)}  ${line}\n`);
  }
  return 0;
};
