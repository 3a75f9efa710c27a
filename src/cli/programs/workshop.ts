/** A folder in which programs are fetched and built; it may be deleted, and is then created again. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { hash } from "../../../guests/toolchain/cache.ts";

export interface Workshop {
  readonly root: string;
  /**
   * A folder that is made once: `make` fills it; if it fails, no folder is left.
   *
   * @param key the folder's name, with everything that its content depends on
   */
  folder(key: string, make: (folder: string) => Promise<void>): Promise<string>;
  /** Runs a tool of this machine. @returns its output @throws {Error} with the tool's own message. */
  run(tool: string, args: readonly string[], options?: RunOptions): Promise<string>;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Builds of large programs take minutes. */
const TIMEOUT_MS = 30 * 60_000;
const OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024;

export function createWorkshop(root: string): Workshop {
  return {
    root,
    async folder(key, make) {
      const short = key.replace(/[^\w.@+-]+/g, "_").slice(0, 60);
      const folder = join(root, `${short}-${hash(key).slice(0, 8)}`);
      if (existsSync(folder)) return folder;
      const draft = `${folder}.draft`;
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft, { recursive: true });
      try {
        await make(draft);
        await rename(draft, folder);
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
      return folder;
    },
    async run(tool, args, { cwd = root, env = {} } = {}) {
      const options = {
        cwd,
        env: { ...process.env, ...env },
        timeout: TIMEOUT_MS,
        maxBuffer: OUTPUT_LIMIT_BYTES,
      };
      try {
        return (await promisify(execFile)(tool, args, options)).stdout;
      } catch (cause) {
        throw new Error(`"${tool}" failed: ${describe(cause)}`, { cause });
      }
    },
  };
}

/** The first three lines that look like errors, else the first three lines. */
function describe(cause: unknown): string {
  const { code, stderr = "" } = cause as { readonly code?: unknown; readonly stderr?: string };
  if (code === "ENOENT") return "this machine does not have it";
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const errors = lines.filter((line) => /error|not found|cannot|unable/i.test(line));
  return (
    (errors.length > 0 ? errors : lines).slice(0, 3).join("; ") || `it ended with ${String(code)}`
  );
}
