/** The `ww` command, started as its users start it. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("..", import.meta.url));
export const image = (name: string): string => join(root, "public/images", name);

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly pid: number;
  /** What stdout holds so far. */
  readonly out: string;
  readonly result: Promise<Result>;
  /** Resolves when stdout holds the text. */
  printed(text: string): Promise<void>;
  stop(signal: NodeJS.Signals): void;
}

/** @param output where stdout goes instead of `out` */
export function start(args: readonly string[], input?: string, output?: string): Running {
  const stdout = output === undefined ? "pipe" : openSync(output, "w");
  const child = spawn("node", [join(root, "src/cli/ww.mjs"), ...args], {
    cwd: root,
    stdio: ["pipe", stdout, "pipe"],
  });
  if (stdout !== "pipe") closeSync(stdout);
  const told = { out: "", err: "" };
  const changed = new EventTarget();
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    told.out += text;
    changed.dispatchEvent(new Event("change"));
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (told.err += text));
  if (input !== undefined) child.stdin?.end(input);
  // A command may end before it has read everything.
  child.stdin?.on("error", () => undefined);
  return {
    pid: child.pid ?? 0,
    get out() {
      return told.out;
    },
    result: new Promise((resolve) => child.on("close", (code) => resolve({ code, ...told }))),
    async printed(text) {
      while (!told.out.includes(text)) {
        await new Promise((resolve) => {
          changed.addEventListener("change", resolve, { once: true });
        });
      }
    },
    stop: (signal) => child.kill(signal),
  };
}
