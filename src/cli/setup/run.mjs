/**
 * Running other programs to their end, with nothing left behind.
 *
 * Every program gets a process group of its own, so that Ctrl-C reaches it once, from us, and so that what it started ends
 * with it.
 */
import { spawn } from "node:child_process";

/** How long a program may take to leave after it was told to. */
const GRACE_MS = 10_000;

const running = new Set();
let told = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(signal));

// npm's shell does not pass signals on: when it is gone, so are we.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) stop("SIGTERM");
}, 500).unref();

function stop(signal) {
  // Asked twice: no more patience.
  for (const child of running) end(child, told ? "SIGKILL" : signal);
  told = true;
  if (running.size === 0) process.exit(130);
}

/** True once the person, or whoever started us, wants an end. */
export function isStopping() {
  return told;
}

/**
 * Runs a program to its end, its output ours unless `quiet`.
 *
 * @returns {Promise<{ code: number, output: string }>} `code` is 127 when there is no such program; `output` only if quiet
 */
export function run(command, args, { cwd, env, quiet = false } = {}) {
  return new Promise((resolve) => {
    if (told) return resolve({ code: 130, output: "" });
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
