/** One run on a page: sends the order to its kernel, and copies the streams of this process. */
import type { Readable, Writable } from "node:stream";
import { Exception, sleep, whenAborted } from "#base";
import type { Duplex, Outcome } from "#base";
import type { Init } from "#capnp";
import { readPieces, writePieces } from "#caps";
import { readOutcome } from "#kernel";
import { connect, createStreamTransport } from "#rpc";
import { Owner } from "#schema";
import type { ByteStream, Order, Run } from "#schema";

/** How a run ended, with the path of the image that was saved if one was. */
export type RunEnd = Outcome & { readonly saved?: string };

export interface RunStreams {
  /** Taken over, and destroyed at the end, since reading it cannot be stopped otherwise. */
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Receives the image as a CAR, with what it wrote, when it has exited; without it, nothing is saved. */
  readonly car?: Writable | undefined;
  /** Called with the account's log when the run has ended: JSON lines of what was granted, used, refused and revoked. */
  readonly onAccount?: ((lines: string) => Promise<void>) | undefined;
  readonly signal: AbortSignal;
}

/** The power over a page's kernel, from this process. Disposing ends the connection. */
export interface OwnedKernel extends Disposable {
  /** Lent; ends with the connection. */
  readonly owner: Owner;
  /**
   * Runs the order. Everything written is flushed before it returns.
   *
   * @throws {Exception} `failed` when the page breaks down.
   */
  run(order: Init<Order>, streams: RunStreams): Promise<RunEnd>;
}

/** How long a page that breaks down may take to say why, after its connection has ended. */
const FAREWELL_MS = 1000;

/** Takes over the duplex. @param broken rejects when the page has broken down */
export function ownKernel(duplex: Duplex, broken: Promise<never>): OwnedKernel {
  using stack = new DisposableStack();
  const connection = stack.use(connect(createStreamTransport(duplex), { lendsData: true }));
  const owner = stack.use(connection.bootstrap(Owner));
  const owned = stack.move();
  return {
    owner,
    run: (order, streams) => runOrder(owner, broken, order, streams),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

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
    // It may fail while the end of the run is still awaited.
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
  const finished = finish().catch(async (reason: unknown) => {
    if (!(reason instanceof Exception) || reason.kind !== "disconnected") throw reason;
    await Promise.race([sleep(FAREWELL_MS, signal), broken]);
    throw reason;
  });
  return await Promise.race([finished, stopped, broken]);
}

async function save(run: Run, car: Writable): Promise<string> {
  using saved = await run.saved();
  for await (const piece of readPieces(saved.car)) await write(car, piece);
  return saved.path;
}

/** Copies a stream until its end, `over`, or a failure: if a process ends amid its output, what has arrived is written. */
async function copyOut(stream: ByteStream, to: Writable, over: AbortSignal): Promise<void> {
  const pieces = readPieces(stream)[Symbol.asyncIterator]();
  for (;;) {
    const next = await pieces.next().catch(() => undefined);
    if (next === undefined || next.done === true || over.aborted) return;
    await write(to, next.value);
  }
}

/** Feeds a stream until the input ends or the stream has no reader any more. Never rejects. */
async function feed(stdin: Readable, stream: ByteStream): Promise<void> {
  await writePieces(stream, stdin).catch(() => undefined);
}

/** Resolves when the bytes have left this process, so that a slow reader slows the image down. */
function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (reason) => (reason instanceof Error ? reject(reason) : resolve()));
  });
}
