/**
 * Runs other programs to their end, and leaves no process behind.
 *
 * Every program gets a process group of its own: Ctrl-C then reaches it once, through us, and its children end with it.
 */
import { spawn } from "node:child_process";

/** How long a program may take to end after the signal. */
const GRACE_MS = 10_000;

const running = new Set();
let stopping = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(signal));

// npm's shell does not forward signals, so this process ends when its parent is gone.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) stop("SIGTERM");
}, 500).unref();

function stop(signal) {
  // A second signal kills at once.
  for (const child of running) end(child, stopping ? "SIGKILL" : signal);
  stopping = true;
  if (running.size === 0) process.exit(130);
}

/** Whether the user, or the parent process, has requested the end. */
export function isStopping() {
  return stopping;
}

/**
 * Runs a program to its end; it writes to this process's output unless `quiet`.
 *
 * @returns {Promise<{ code: number, output: string }>} `code` is 127 when there is no such program; `output` only if quiet
 */
export function run(command, args, { cwd, env, quiet = false } = {}) {
  return new Promise((resolve) => {
    if (stopping) return resolve({ code: 130, output: "" });
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    });
    running.add(child);
    let output = "";
    child.stdout?.on("data", (bytes) => (output += bytes));
    child.stderr?.on("data", (bytes) => (output += bytes));
    child.on("error", () => {
      running.delete(child);
      resolve({ code: 127, output });
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      signalGroup(child, "SIGKILL");
      resolve({ code: code ?? (signal === null ? 1 : 130), output });
    });
  });
}

function end(child, signal) {
  signalGroup(child, signal);
  setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS).unref();
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}
