/** Tools that must give on what they have, or never end by themselves. */
import { parseDuration } from "../builtins/prefixes.ts";
import type { Builtin } from "../shell.ts";
import { toBytes } from "../text.ts";
import { cmp, od, wc } from "./bytes.ts";
import { cat, head, tail, tee } from "./copying.ts";
import { seq, yes } from "./counting.ts";
import {
  clear,
  hostname,
  id,
  mktemp,
  nproc,
  printenv,
  realpath,
  stty,
  sync,
  tty,
  uname,
  whoami,
} from "./system-tools.ts";

const sleep: Builtin = async (shell, args) => {
  let totalMs = 0;
  for (const arg of args) {
    const durationMs = arg === "infinity" ? 2 ** 31 - 1 : parseDuration(arg);
    if (durationMs === undefined) {
      await shell.warn(`sleep: invalid time interval '${arg}'\n`);
      return 1;
    }
    totalMs += durationMs;
  }
  if (args.length === 0) {
    await shell.files.get(2)?.write(toBytes("sleep: missing operand\n"));
    return 1;
  }
  await shell.system.sleep(totalMs, { signal: shell.signal });
  return 0;
};

/** Nothing here has an owner to change. */
const success: Builtin = async () => 0;

export const STREAMING: Readonly<Record<string, Builtin>> = {
  cat,
  chgrp: success,
  chown: success,
  clear,
  cmp,
  head,
  hostname,
  id,
  less: cat,
  mktemp,
  more: cat,
  nproc,
  od,
  printenv,
  realpath,
  seq,
  sleep,
  stty,
  sync,
  tail,
  tee,
  tty,
  uname,
  wc,
  whoami,
  yes,
};
