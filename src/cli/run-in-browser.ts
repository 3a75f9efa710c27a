/** A page without a face in a headless browser, and the power over its kernel in this process. */
import type { Readable, Writable } from "node:stream";
import { Exception, toMessage, whenAborted } from "#base";
import type { LogLevel, Outcome, Waiting } from "#base";
import type { Init } from "#capnp";
import { readPieces, writePieces } from "#caps";
import { readOutcome } from "#kernel";
import { connect, createStreamTransport } from "#rpc";
import { Owner } from "#schema";
import type { ByteStream, Order, Run } from "#schema";
import { launchBrowser } from "./launch-browser.ts";
import type { LaunchedBrowser } from "./launch-browser.ts";
import type { LocalNode } from "./local-node.ts";
import { readResidentBytes } from "./resident-bytes.ts";

/** How a run ended, with the path of the image that was saved if one was. */
export type RunEnd = Outcome & { readonly saved?: string };

export interface RunStreams {
  /** Taken over, and destroyed at the end, because reading it cannot be stopped otherwise. */
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Where the image goes as a CAR, with what it wrote, when it has exited; it is not saved without. */
  readonly car?: Writable | undefined;
  /** Given the account's log when the run has ended: JSON lines of what was granted, used, refused and revoked. */
  readonly onAccount?: ((lines: string) => Promise<void>) | undefined;
  readonly signal: AbortSignal;
}

/** A page in a browser of its own, driven by this process. Disposing closes the browser. */
export interface DrivenPage extends AsyncDisposable {
  /** The power over its kernel; lent. */
  readonly owner: Owner;
  /**
   * Runs the order. Everything written is flushed before it returns.
   *
   * @throws {Exception} `failed` when the page breaks down.
   */
  run(order: Init<Order>, streams: RunStreams): Promise<RunEnd>;
  /** How much memory the page and all its workers have. @throws {Error} where there is no `/proc`. */
  residentBytes(): Promise<number>;
}

export interface OpenPageOptions extends Waiting {
  /** How cells wait; the page chooses unless told. */
  readonly cells?: string | undefined;
  /** The least important of what the page logs to its console; nothing unless told. */
  readonly log?: LogLevel | undefined;
  /** The browser to open it in, taken over; one that is launched now unless told. */
  readonly browser?: Promise<LaunchedBrowser> | undefined;
  /** Told what the page writes to its console, and its uncaught errors. */
  readonly onConsole?: (text: string) => void;
}

/**
 * Opens a page of the node in a headless browser.
 *
 * @throws {Exception} `failed` when the browser cannot be started.
 */
export async function openPage(
  node: LocalNode,
  options: OpenPageOptions = {},
): Promise<DrivenPage> {
  const { signal, browser: launching = launchBrowser() } = options;
  await using stack = new AsyncDisposableStack();
  const browser = stack.use(await launching);
  // Whatever waits for the browser fails then.
  const forget = signal && whenAborted(signal, () => void browser[Symbol.asyncDispose]());
  stack.defer(() => forget?.());
  try {
    return await drivePage(browser, node, options, stack);
  } catch (reason) {
    signal?.throwIfAborted();
    throw reason;
  }
}

/** @param stack taken over once the page is open */
async function drivePage(
  { browser, page }: LaunchedBrowser,
  node: LocalNode,
  { cells, log, onConsole = () => {} }: OpenPageOptions,
  stack: AsyncDisposableStack,
): Promise<DrivenPage> {
  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  page.on("console", (message) => onConsole(message.text()));
  page.on("pageerror", (reason) => {
    onConsole(toMessage(reason));
    // A page without a face can tell nobody else.
    fail(new Exception("failed", toMessage(reason)));
  });
  page.on("crash", () => fail(new Exception("failed", "The browser's page crashed")));
  browser.on("disconnected", () => fail(new Exception("failed", "The browser went away")));
  const { path, duplex } = node.invite();
  const url = new URL(`headless.html#${path}`, node.url);
  if (cells !== undefined) url.searchParams.set("cells", cells);
  if (log !== undefined) url.searchParams.set("log", log);
  await page.goto(url.href);
  const transport = createStreamTransport(await Promise.race([duplex, broken]));
  const connection = stack.use(connect(transport, { lendsData: true }));
  const owner = stack.use(connection.bootstrap(Owner));
  const owned = stack.move();
  return {
    owner,
    run: (order, streams) => runOrder(owner, broken, order, streams),
    residentBytes: () => readResidentBytes(browser),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** @param broken rejects when the page has broken down */
async function runOrder(
  owner: Owner,
  broken: Promise<never>,
  order: Init<Order>,
  { stdin, stdout, stderr, car, onAccount, signal }: RunStreams,
): Promise<RunEnd> {
  using stack = new DisposableStack();
  stack.defer(() => void stdin.destroy());
  signal.throwIfAborted();
  const booted = stack.use(owner.boot({ ...order, saves: car !== undefined }));
  const { run } = booted;
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  stopped.catch(() => undefined);
  stack.defer(whenAborted(signal, () => reject(signal.reason)));
  const over = new AbortController();
  stack.defer(() => over.abort());
  const finish = async (): Promise<RunEnd> => {
    const writing = [run.stdout().stream, run.stderr().stream].map((stream, at) =>
      copyOut(stream, at === 0 ? stdout : stderr, over.signal),
    );
    const written = Promise.all(writing);
    // It may fail before the run has ended, which is waited for first.
    written.catch(() => undefined);
    void feed(stdin, run.stdin().stream); // ends with either
    const outcome = readOutcome((await run.wait()).outcome);
    await written;
    if (onAccount !== undefined) {
      using results = run.account();
      await onAccount((await results.account.log()).lines);
    }
    if (car === undefined || outcome.type !== "exited") return outcome;
    return { ...outcome, saved: await save(run, car) };
  };
  return await Promise.race([finish(), stopped, broken]);
}

async function save(run: Run, car: Writable): Promise<string> {
  using saved = await run.saved();
  for await (const piece of readPieces(saved.car)) await write(car, piece);
  return saved.path;
}

/** A process that was ended in the middle of its output: what came is written. */
async function copyOut(stream: ByteStream, to: Writable, over: AbortSignal): Promise<void> {
  const pieces = readPieces(stream)[Symbol.asyncIterator]();
  for (;;) {
    const next = await pieces.next().catch(() => undefined);
    if (next === undefined || next.done === true || over.aborted) return;
    await write(to, next.value);
  }
}

/** Feeds a stream until the input ends or nobody reads it any more. Never rejects. */
async function feed(stdin: Readable, stream: ByteStream): Promise<void> {
  await writePieces(stream, stdin).catch(() => undefined);
}

/** Resolves when the bytes have left this process, so that a slow reader slows the image down. */
function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (reason) => (reason instanceof Error ? reject(reason) : resolve()));
  });
}
