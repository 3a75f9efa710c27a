/** Drives the page in a headless browser: what `window.ww` offers, on streams of this process. */
import type { Readable, Writable } from "node:stream";
import { Exception, toMessage, whenAborted } from "#base";
import type { Terminals, Waiting } from "#base";
import type { Browser, Page } from "playwright";
import { launchBrowser } from "./launch-browser.ts";
import type { LaunchedBrowser } from "./launch-browser.ts";
import type { Limits } from "./limits.ts";
import { readResidentBytes } from "./resident-bytes.ts";

/** What is to run, as the page takes it. */
export interface RunOrder {
  /** Names of layers, base first. */
  readonly layers: readonly string[];
  readonly args: readonly string[];
  /** What the program finds as its first argument: its path in the image unless told. */
  readonly argv0?: string;
  readonly env: readonly (readonly [name: string, value: string])[];
  /** What the image finds at a path from the root, and may write to. */
  readonly mounts?: readonly { readonly path: string; readonly layer: string }[];
  /** Whether it may write to its own files; false unless told. */
  readonly writable?: boolean;
  /** Whether it finds no directory at all; false unless told. */
  readonly bare?: boolean;
  /** What each of its processes may use. */
  readonly limits?: Limits;
  /** Which of its streams lead to a terminal; none unless told. */
  readonly terminal?: Terminals;
}

/** How a run ended, as the page tells it. */
export type RunOutcome =
  /** With the path of the image that was saved. */
  | { readonly type: "exited"; readonly code: number; readonly saved?: string | undefined }
  | { readonly type: "trapped"; readonly message: string }
  | { readonly type: "killed" | "failed"; readonly reason: string };

export interface RunStreams {
  /** Taken over, and destroyed at the end, because reading it cannot be stopped otherwise. */
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Where the image goes as a CAR, with what it wrote, when it has exited; it is not saved without. */
  readonly car?: Writable | undefined;
  readonly signal: AbortSignal;
}

/** A page in a browser of its own, driven by this process. Disposing closes the browser. */
export interface DrivenPage extends AsyncDisposable {
  /**
   * Runs the order, one at a time. Everything written is flushed before it returns.
   *
   * @throws {Exception} `failed` when the page breaks down.
   */
  run(order: RunOrder, streams: RunStreams): Promise<RunOutcome>;
  /** How much memory the page and all its workers have. @throws {Error} where there is no `/proc`. */
  residentBytes(): Promise<number>;
}

type Output = "stdout" | "stderr" | "car";

/** The part of the page's driver that is used here; its functions run in the page. */
interface PageDriver {
  run(
    order: RunOrder,
    write: (stream: Output, base64: string) => Promise<void>,
    save: boolean,
  ): Promise<RunOutcome>;
  feed(base64: string): Promise<boolean>;
  endInput(): void;
}

interface PageGlobals {
  readonly ww: PageDriver;
  readonly wwWrite: (stream: Output, base64: string) => Promise<void>;
}

export interface OpenPageOptions extends Waiting {
  /** Told what the page writes to its console, and its uncaught errors. */
  readonly onConsole?: (text: string) => void;
}

/**
 * Opens the page in a headless browser.
 *
 * @throws {Exception} `failed` when the browser cannot be started.
 */
export async function openPage(
  url: string,
  { onConsole = () => {}, signal }: OpenPageOptions = {},
): Promise<DrivenPage> {
  signal?.throwIfAborted();
  await using stack = new AsyncDisposableStack();
  const browser = stack.use(await launchBrowser());
  // Whatever waits for the browser fails then.
  const forget = signal && whenAborted(signal, () => void browser[Symbol.asyncDispose]());
  stack.defer(() => forget?.());
  try {
    return await drivePage(browser, url, onConsole, stack);
  } catch (reason) {
    signal?.throwIfAborted();
    throw reason;
  }
}

/** @param stack taken over once the page is open */
async function drivePage(
  { browser }: LaunchedBrowser,
  url: string,
  onConsole: (text: string) => void,
  stack: AsyncDisposableStack,
): Promise<DrivenPage> {
  const page = await browser.newPage();
  page.on("console", (message) => onConsole(message.text()));
  page.on("pageerror", (reason) => onConsole(toMessage(reason)));
  let now: RunStreams | undefined;
  await page.exposeFunction("wwWrite", (stream: Output, base64: string) => {
    const output = now?.[stream];
    return output === undefined ? undefined : write(output, Buffer.from(base64, "base64"));
  });
  await page.goto(url);
  const owned = stack.move();
  return {
    async run(order, streams) {
      now = streams;
      return await runInPage(browser, page, order, streams);
    },
    residentBytes: () => readResidentBytes(browser),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function runInPage(
  browser: Browser,
  page: Page,
  order: RunOrder,
  { stdin, car, signal }: RunStreams,
): Promise<RunOutcome> {
  using stack = new DisposableStack();
  stack.defer(() => void stdin.destroy());
  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  const stop = (): void => fail(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  stack.defer(() => signal.removeEventListener("abort", stop));
  signal.throwIfAborted();
  const onCrash = (): void => fail(new Exception("failed", "The browser's page crashed"));
  const onGone = (): void => fail(new Exception("failed", "The browser went away"));
  page.on("crash", onCrash);
  browser.on("disconnected", onGone);
  stack.defer(() => {
    page.off("crash", onCrash);
    browser.off("disconnected", onGone);
  });

  const outcome = page.evaluate(
    ([given, save]) => {
      const { ww, wwWrite } = globalThis as unknown as PageGlobals;
      return ww.run(given, wwWrite, save);
    },
    [order, car !== undefined] as const,
  );
  // Both end without anyone waiting when the browser is closed first.
  outcome.catch(() => undefined);
  pumpInput(stdin, page).catch(() => undefined);
  return await Promise.race([outcome, broken]);
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
