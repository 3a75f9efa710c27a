#!/usr/bin/env node
/**
 * Starts `ww` in the Node of this checkout, because the shell's may be too old: it has no TypeScript and no
 * `AsyncDisposableStack`. Plain JavaScript for that reason.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const OWN_NODE = 24;
/** The command as bundled with the page, which loads faster; else the sources. */
const built = new URL("../../.cache/ww/ww.mjs", import.meta.url);
const entry = existsSync(built) ? built : new URL("./ww.ts", import.meta.url);
const bundled = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= OWN_NODE) {
  await import(entry.href);
} else if (!existsSync(bundled)) {
  process.stderr.write(`ww: Needs Node ${OWN_NODE}: run \`npm install\` in this checkout first\n`);
  process.exitCode = 1;
} else {
  // By the channel, the child learns when this process is gone, whatever ended it.
  const child = spawn(bundled, [fileURLToPath(entry), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128 + constants.signals[signal]);
  });
}
