/** Corrects the modes that `ls -l` of `just-bash` writes, which are the same for every file, whatever its `stat` says. */
import type { Command } from "just-bash";

/** As `stat` has it: there are no modes, and every file can be executed. */
const WRITTEN = /^-rw-r--r-- /gm;
const OURS = "-rwxr-xr-x ";

export function withModes(ls: Command): Command {
  return {
    ...ls,
    async execute(args, context) {
      const result = await ls.execute(args, context);
      const isLong = args.some((arg) => /^-[^-]*l/.test(arg));
      return isLong ? { ...result, stdout: result.stdout.replace(WRITTEN, OURS) } : result;
    },
  };
}
