/** Chooses the Chromium that the tests and the headless runner drive, and its switches. */
import { existsSync } from "node:fs";
import type { Terminal } from "./usage.ts";

/** Paths of the packages of Debian, Ubuntu, Arch and Google, in the order of preference. */
const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** The switches keep the browser off the network. */
const SWITCHES = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface ChromiumLaunch {
  readonly args: string[];
  /** Absent for Playwright's own download. */
  readonly executablePath?: string;
}

/** Chromium does not start as root with its sandbox, which is a further wall between a page and this computer. */
const hasSandbox: boolean = process.getuid?.() !== 0;

/** Says on a terminal, or with `--verbose`, that a browser runs without its sandbox: a script has no reader for it. */
export function warnOfNoSandbox({ stderr, verbose }: Pick<Terminal, "stderr" | "verbose">): void {
  if (hasSandbox || (stderr.isTTY !== true && !verbose)) return;
  stderr.write("ww: Chromium runs without its sandbox, as it has none for root\n");
}

/** How to launch: `CHROMIUM` of the environment, else an installed one, else Playwright's own. */
export function chromiumLaunch(): ChromiumLaunch {
  const executablePath = process.env["CHROMIUM"] ?? INSTALLED.find((path) => existsSync(path));
  const args = hasSandbox ? SWITCHES : [...SWITCHES, "--no-sandbox"];
  return executablePath === undefined ? { args } : { args, executablePath };
}
