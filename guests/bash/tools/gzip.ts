/** `gzip`, `gunzip` and `zcat`. */
import { gunzipSync, gzipSync } from "fflate";
import type { Builtin, Shell } from "../shell.ts";
import { Failure } from "../flow.ts";
import { openFile } from "../redirect.ts";
import { eachInput } from "./copying.ts";

type Level = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

const compress =
  (tool: string): Builtin =>
  async (shell, args) => {
    const flags = args.filter((arg) => /^-./.test(arg)).join("");
    const names = args.filter((arg) => !/^-./.test(arg));
    const expands = tool !== "gzip" || /d|t/.test(flags.replace("--stdout", ""));
    const toOutput = tool === "zcat" || flags.includes("c") || names.length === 0;
    const level = Number(/[1-9]/.exec(flags)?.[0] ?? 6) as Level;
    let failed = 0;
    const status = await eachInput(shell, tool, names, async (file, name) => {
      const bytes = await file.readAll({ signal: shell.signal });
      const made = expands ? expand(bytes) : gzipSync(bytes, { level });
      if (made === undefined) {
        await shell.warn(`${tool}: ${name === "-" ? "stdin" : name}: not in gzip format\n`);
        failed = 1;
      } else if (flags.includes("t")) return;
      else if (toOutput || name === "-") await shell.file(1).write(made, { signal: shell.signal });
      else await replace(shell, name, toTarget(name, expands), made, flags.includes("k"));
    });
    return failed || status;
  };

function expand(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return undefined;
  try {
    return gunzipSync(bytes);
  } catch {
    return undefined;
  }
}

function toTarget(name: string, expands: boolean): string {
  if (!expands) return `${name}.gz`;
  if (/\.t[ag]z$/.test(name)) return name.replace(/\.t[ag]z$/, ".tar");
  if (!name.endsWith(".gz")) throw new Failure(`${name}: unknown suffix -- ignored`);
  return name.slice(0, -3);
}

async function replace(
  shell: Shell,
  name: string,
  target: string,
  bytes: Uint8Array,
  keeps: boolean,
): Promise<void> {
  const output = openFile(shell, target, ">");
  try {
    await output.write(bytes);
  } finally {
    output.close();
  }
  if (!keeps) shell.system.files.removeFile(shell.path(name));
}

export const gzip: Builtin = compress("gzip");
export const gunzip: Builtin = compress("gunzip");
export const zcat: Builtin = compress("zcat");
