/** Drives the page in a headless browser: what `window.ww` offers, on streams of this process. */
import type { Readable, Writable } from "node:stream";
import { Exception, toMessage } from "#base";
import type { Browser, Page } from "playwright";
import { chromiumLaunch } from "./chromium.ts";

/** What is to run, as the page takes it. */
export interface RunOrder {
  /** Names of layers, base first. */
  readonly layers: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
}

/** How a run ended, as the page tells it. */
export type RunOutcome =
  | { readonly type: "exited"; readonly code: number }
  | { readonly type: "trapped"; readonly message: string }
  | { readonly type: "killed" | "failed"; readonly reason: string };

export interface RunStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** What the page writes to its console, and its uncaught errors. */
  readonly onConsole: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The part of the page's driver that is used here; its functions run in the page. */
interface PageDriver {
  run(
    order: RunOrder,
    write: (stream: "stdout" | "stderr", base64: string) => Promise<void>,
  ): Promise<RunOutcome>;
  feed(base64: string): Promise<boolean>;
  endInput(): void;
}

interface PageGlobals {
  readonly ww: PageDriver;
  readonly wwWrite: (stream: "stdout" | "stderr", base64: string) => Promise<void>;
}

/**
 * Opens the page, runs the order, and closes the browser. Everything written is flushed before it returns.
 *
 * Takes over `stdin`, which is destroyed at the end, because reading it cannot be stopped otherwise.
 *
 * @throws {Exception} `failed` when the browser cannot be started or the page breaks down.
 */
export async function runInBrowser(
  url: string,
  order: RunOrder,
  streams: RunStreams,
): Promise<RunOutcome> {
  const { stdin, stdout, stderr, onConsole, signal } = streams;
  await using stack = new AsyncDisposableStack();
  stack.defer(() => void stdin.destroy());
  const browser = await launch();
  stack.defer(() => browser.close());
  const page = await browser.newPage();
  page.on("console", (message) => onConsole(message.text()));
  page.on("pageerror", (reason) => onConsole(toMessage(reason)));
  await page.exposeFunction("wwWrite", (stream: "stdout" | "stderr", base64: string) =>
    write(stream === "stdout" ? stdout : stderr, Buffer.from(base64, "base64")),
  );
  await page.goto(url);

  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  const stop = (): void => fail(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  stack.defer(() => signal.removeEventListener("abort", stop));
  signal.throwIfAborted();
  page.on("crash", () => fail(new Exception("failed", "The browser's page crashed")));
  browser.on("disconnected", () => fail(new Exception("failed", "The browser went away")));

  const outcome = page.evaluate((given) => {
    const { ww, wwWrite } = globalThis as unknown as PageGlobals;
    return ww.run(given, wwWrite);
  }, order);
  // Both end without anyone waiting when the browser is closed first.
  outcome.catch(() => undefined);
  pumpInput(stdin, page).catch(() => undefined);
  return await Promise.race([outcome, broken]);
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

/** Feeds the page until the input ends or nobody reads it any more. */
async function pumpInput(stdin: Readable, page: Page): Promise<void> {
  for await (const chunk of stdin) {
    const base64 = Buffer.from(chunk as Uint8Array).toString("base64");
    const wanted = await page.evaluate(
      (bytes) => (globalThis as unknown as PageGlobals).ww.feed(bytes),
      base64,
    );
    if (!wanted) return;
  }
  await page.evaluate(() => (globalThis as unknown as PageGlobals).ww.endInput());
}

/** Resolves when the bytes have left this process, so that a slow reader slows the image down. */
function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (reason) => (reason instanceof Error ? reject(reason) : resolve()));
  });
}
