/** The resident's browser: started when a run needs it, ended when no run has used it for long. */
import { Exception, SILENT, toMessage } from "#base";
import type { Logger } from "#base";
import { startWarmBrowser } from "./warm-browser.ts";
import type { Berth, BerthOptions, WarmBrowser } from "./warm-browser.ts";

export interface Berths extends AsyncDisposable {
  /** Starts the browser, and opens the page for the next run. @throws {Exception} `failed` when it cannot be started. */
  warm(): Promise<void>;
  /** A page for a run; the caller disposes it. @throws {Exception} `failed` when the browser cannot be started. */
  take(options: BerthOptions): Promise<Berth>;
}

export interface BerthsOptions {
  /** Time without any run's page after which the browser is ended. */
  readonly idleMs: number;
  readonly logger?: Logger | undefined;
}

/** When a run has lasted this long, the next page is opened, since its start no longer needs the whole machine. */
const STARTED_MS = 1000;

export function createBerths({ idleMs, logger = SILENT }: BerthsOptions): Berths {
  let current: Promise<WarmBrowser> | undefined;
  let taken = 0;
  let idle: NodeJS.Timeout | undefined;
  let isOver = false;
  const ending = new Set<Promise<void>>();

  const end = (browser: Promise<WarmBrowser>): void => {
    if (current === browser) current = undefined;
    const ended = browser
      .then((started) => started[Symbol.asyncDispose]())
      .catch((reason: unknown) => log("warn", "the browser has not ended well", reason))
      .finally(() => ending.delete(ended));
    ending.add(ended);
  };
  const log = (level: "info" | "warn", entry: string, reason?: unknown): void =>
    logger.log(level, "cli", entry, reason === undefined ? {} : { reason: toMessage(reason) });
  const start = (): Promise<WarmBrowser> => {
    if (isOver) throw new Exception("failed", "The resident has ended");
    if (current !== undefined) return current;
    log("info", "starts a browser");
    const started = startWarmBrowser(() => end(started));
    current = started;
    started.catch(() => {
      // The next run tries again.
      if (current === started) current = undefined;
    });
    return started;
  };
  const prepare = async (browser: Promise<WarmBrowser>): Promise<void> => {
    if (await (await browser).prepare()) log("info", "a page waits for the next run");
  };
  const prepareBeside = (browser: Promise<WarmBrowser>): void => {
    if (browser !== current) return;
    prepare(browser).catch((reason: unknown) => log("warn", "cannot open a page", reason));
  };
  const awaitRuns = (): void => {
    clearTimeout(idle);
    if (taken > 0 || isOver) return;
    idle = setTimeout(() => {
      if (current === undefined) return;
      log("info", "ends the browser, which no run has used for long");
      end(current);
    }, idleMs);
  };

  return {
    async warm() {
      await prepare(start());
      awaitRuns();
    },
    async take(options) {
      taken++;
      clearTimeout(idle);
      await using stack = new AsyncDisposableStack();
      stack.defer(() => {
        taken--;
        awaitRuns();
      });
      const browser = start();
      const berth = stack.use(await (await browser).open(options));
      const timer = setTimeout(prepareBeside, STARTED_MS, browser);
      stack.defer(() => {
        clearTimeout(timer);
        prepareBeside(browser);
      });
      const owned = stack.move();
      return { ...berth, [Symbol.asyncDispose]: () => owned.disposeAsync() };
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      clearTimeout(idle);
      if (current !== undefined) end(current);
      await Promise.all(ending);
    },
  };
}
