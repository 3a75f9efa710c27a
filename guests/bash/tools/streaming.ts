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

/** Loaded when it is first used. */
const later =
  (load: () => Promise<Builtin>): Builtin =>
  async (shell, args) =>
    await (
      await load()
    )(shell, args);

/** Nothing here has an owner to change. */
const success: Builtin = async () => 0;

export const STREAMING: Readonly<Record<string, Builtin>> = {
  base64: later(async () => (await import("./digest.ts")).base64),
  cat,
  chgrp: success,
  chown: success,
  clear,
  cmp,
  curl: later(async () => (await import("./curl.ts")).curl),
  gunzip: later(async () => (await import("./gzip.ts")).gunzip),
  gzip: later(async () => (await import("./gzip.ts")).gzip),
  head,
  hostname,
  id,
  less: cat,
  md5sum: later(async () => (await import("./digest.ts")).md5sum),
  mktemp,
  more: cat,
  nproc,
  od,
  printenv,
  realpath,
  seq,
  sha1sum: later(async () => (await import("./digest.ts")).sha1sum),
  sha256sum: later(async () => (await import("./digest.ts")).sha256sum),
  sha512sum: later(async () => (await import("./digest.ts")).sha512sum),
  sleep,
  stty,
  sync,
  tail,
  tar: later(async () => (await import("./tar.ts")).tar),
  tee,
  tty,
  uname,
  wc,
  whoami,
  yes,
  zcat: later(async () => (await import("./gzip.ts")).zcat),
};
