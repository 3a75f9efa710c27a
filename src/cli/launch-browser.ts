/** Launches a headless browser that dispose ends even if it does not answer any more. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Exception, toMessage } from "#base";
import type { Browser, BrowserContext, Page } from "playwright";
import { chromiumLaunch } from "./chromium.ts";

export interface LaunchedBrowser extends AsyncDisposable {
  readonly browser: Browser;
  /** The blank page that it has started with. */
  readonly page: Page;
}

/** How long the browser may take to close by itself; then its process is killed. */
const CLOSE_MS = 2000;
/** When the close is no longer awaited, though the process may still exist. */
const GIVE_UP_MS = 3 * CLOSE_MS;

/**
 * A browser with a profile of its own, which dispose removes. With a profile on disk, an origin's files are files of the
 * system; Chromium's private windows pass each read and write through another process.
 *
 * @throws {Exception} `failed` when it cannot be started.
 */
export async function launchBrowser(): Promise<LaunchedBrowser> {
  const profile = await mkdtemp(join(tmpdir(), "ww-profile-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(profile, { recursive: true, force: true, maxRetries: 3 }));
  const context = await launch(profile);
  const browser = context.browser();
  if (browser === null) throw new Exception("failed", "The browser cannot be controlled");
  stack.defer(() => closeContext(context, browser));
  const page = context.pages()[0] ?? (await context.newPage());
  const pid = await findProcess(browser);
  const opened = stack.move();
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const timer = setTimeout(() => endProcess(pid), CLOSE_MS);
    try {
      await opened.disposeAsync();
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    browser,
    page,
    [Symbol.asyncDispose]: () => (closed ??= close()),
  };
}

/**
 * Closes a context with all its pages. Ends in any case: Playwright may never settle the close of a context whose browser
 * is gone or was killed meanwhile.
 */
export async function closeContext(context: BrowserContext, browser: Browser): Promise<void> {
  if (!browser.isConnected()) return;
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const giveUp = (): void => resolve();
  const timer = setTimeout(giveUp, GIVE_UP_MS);
  browser.on("disconnected", giveUp);
  try {
    await Promise.race([context.close(), over]);
  } finally {
    clearTimeout(timer);
    browser.off("disconnected", giveUp);
  }
}

async function launch(profile: string): Promise<BrowserContext> {
  const { chromium } = await import("playwright");
  try {
    // The command handles signals itself.
    const own = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    return await chromium.launchPersistentContext(profile, { ...chromiumLaunch(), ...own });
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

/** Kills the browser's whole process group: any process that is left would hold Playwright up for 30 s. */
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
