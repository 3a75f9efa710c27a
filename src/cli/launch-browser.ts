/** A headless browser that ends when it is told to, even where it does not answer any more. */
import { Exception, toMessage } from "#base";
import type { Browser } from "playwright";
import { chromiumLaunch } from "./chromium.ts";

export interface LaunchedBrowser extends AsyncDisposable {
  readonly browser: Browser;
}

/** How long it may take to close by itself. */
const CLOSE_MS = 2000;

/** @throws {Exception} `failed` when it cannot be started. */
export async function launchBrowser(): Promise<LaunchedBrowser> {
  const browser = await launch();
  const pid = await findProcess(browser);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const timer = setTimeout(() => endProcess(pid), CLOSE_MS);
    try {
      await browser.close();
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    browser,
    [Symbol.asyncDispose]: () => (closed ??= close()),
  };
}

async function launch(): Promise<Browser> {
  const { chromium } = await import("playwright");
  try {
    // Signals are handled by whoever runs us.
    const own = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    return await chromium.launch({ ...chromiumLaunch(), ...own });
  } catch (reason) {
    const [line] = toMessage(reason).split("\n");
    const advice = "install Chromium, or set CHROMIUM to its path";
    throw new Exception("failed", `Cannot start the browser: ${line}; ${advice}`, {
      cause: reason,
    });
  }
}

async function findProcess(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.find(({ type }) => type === "browser")?.id;
}

/** With all of its group, of which the browser is the first: one that is left would hold Playwright up for 30 s. */
function endProcess(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, "SIGKILL");
      return;
    } catch {
      // There is no such group, or it has just ended.
    }
  }
}
