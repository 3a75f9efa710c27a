/** The `ww` command, started as its users start it. */
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("..", import.meta.url));
export const image = (name: string): string => join(root, "public/images", name);

/** A browser that whoever runs the tests keeps warm is none of theirs. */
const runtime: string = mkdtempSync(join(tmpdir(), "ww-runtime-"));
process.env["XDG_RUNTIME_DIR"] = runtime;
process.on("exit", () => rmSync(runtime, { recursive: true, force: true }));

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly pid: number;
  /** What stdout holds so far. */
  readonly out: string;
  /** What stderr holds so far. */
  readonly err: string;
  readonly result: Promise<Result>;
  /** Resolves when stdout, or stderr, holds the text. */
  printed(text: string, where?: "out" | "err"): Promise<void>;
  stop(signal: NodeJS.Signals): void;
}

export interface StartOptions {
  /** Where stdout goes instead of `out`. */
  readonly output?: string;
  /** Beside what the tests' own environment says. */
  readonly env?: Readonly<Record<string, string>>;
}

export function start(
  args: readonly string[],
  input?: string,
  { output, env }: StartOptions = {},
): Running {
  const stdout = output === undefined ? "pipe" : openSync(output, "w");
  const child = spawn("node", [join(root, "src/cli/ww.mjs"), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["pipe", stdout, "pipe"],
  });
  if (stdout !== "pipe") closeSync(stdout);
  const told = { out: "", err: "" };
  const changed = new EventTarget();
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    told.out += text;
    changed.dispatchEvent(new Event("change"));
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    told.err += text;
    changed.dispatchEvent(new Event("change"));
  });
  if (input !== undefined) child.stdin?.end(input);
  // A command may end before it has read everything.
  child.stdin?.on("error", () => undefined);
  return {
    pid: child.pid ?? 0,
    get out() {
      return told.out;
    },
    get err() {
      return told.err;
    },
    result: new Promise((resolve) => child.on("close", (code) => resolve({ code, ...told }))),
    async printed(text, where = "out") {
      while (!told[where].includes(text)) {
        await new Promise((resolve) => {
          changed.addEventListener("change", resolve, { once: true });
        });
      }
    },
    stop: (signal) => child.kill(signal),
  };
}
