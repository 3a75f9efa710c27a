/** Which Chromium the tests and the headless runner drive, and with which switches. */
import { existsSync } from "node:fs";

/** Debian, Ubuntu, Arch and Google's package, in this order. */
const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** The switches keep the browser off the network and make it start as root. */
const SWITCHES = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface ChromiumLaunch {
  readonly args: string[];
  /** Absent: Playwright's own download. */
  readonly executablePath?: string;
}

/** How to launch: `CHROMIUM` of the environment, else an installed one, else Playwright's own. */
export function chromiumLaunch(): ChromiumLaunch {
  const executablePath = process.env["CHROMIUM"] ?? INSTALLED.find((path) => existsSync(path));
  return executablePath === undefined ? { args: SWITCHES } : { args: SWITCHES, executablePath };
}
