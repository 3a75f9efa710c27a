/** Requests that the service worker passes on: to the sandboxes that this tab has, by their names. */
import {
  FAR_WINDOW_BYTES,
  Exception,
  holdLock,
  openPortDuplex,
  pumpReadable,
  toMessage,
  toReadable,
  watchLock,
} from "#base";
import type { AskedOwner, ByteSink, OwnerAnswer, PassedRequest, PassedResponse } from "#base";

/** Answers a request below `sandbox/<name>/`, whose path begins after that. */
export type AnswerRequest = (request: Request) => Promise<Response>;

export interface NamedAnswers {
  /**
   * Answers the requests of a name, until it is disposed: of the one that is wanted, or the next one, `name-2`, that no
   * tab of this browser has.
   *
   * @throws {Exception} `failed` when the browser keeps the service worker out.
   */
  open(wanted: string, answer: AnswerRequest): Promise<NamedAnswer>;
}

export interface NamedAnswer extends Disposable {
  readonly name: string;
  /** Without a slash at its end. */
  readonly url: string;
}

export interface AnswerPowers {
  readonly workers: ServiceWorkerContainer;
  readonly locks: LockManager;
  /** Of the service worker's script. */
  readonly script: URL;
  /** Below which requests are passed on. */
  readonly scope: URL;
}

/** How long the browser may take to start the service worker. */
const START_MS = 20_000;
/** How many sandboxes of one name there may be. */
const NAME_LIMIT = 100;

export function createNamedAnswers({ workers, locks, script, scope }: AnswerPowers): NamedAnswers {
  const answers = new Map<string, AnswerRequest>();
  let starting: Promise<void> | undefined;
  /** By this, the service worker learns that the tab is gone. */
  const lock = `tab/${crypto.randomUUID()}`;

  const answer = async (port: MessagePort, passed: PassedRequest, name: string): Promise<void> => {
    const { source, sink } = openPortDuplex(passed.bodies, { windowBytes: FAR_WINDOW_BYTES });
    // The browser ends service workers when it likes: what has come of a body is not all of it then.
    const gone = new AbortController();
    const over = watchLock(locks, passed.lock, () => {
      gone.abort(new Exception("disconnected", "The service worker is gone"));
      sink[Symbol.dispose]();
    });
    const body = passed.hasBody ? toReadable(source, { signal: gone.signal }) : null;
    const answered = await settle(answers.get(name), passed, body, scope);
    const { status, headers, body: given } = answered;
    const hasBody = given !== null;
    port.postMessage({ status, headers: [...headers], hasBody } satisfies PassedResponse);
    port.close();
    if (given === null) sink.close();
    else await pumpReadable(given, sink, { signal: watchEnd(sink) });
    source[Symbol.dispose]();
    over();
  };
  const onMessage = (event: MessageEvent<unknown>): void => {
    const { type, name } = (event.data ?? {}) as Partial<AskedOwner>;
    const [port] = event.ports;
    if (type !== "sandbox" || name === undefined || port === undefined) return;
    if (!answers.has(name)) return port.close();
    port.addEventListener(
      "message",
      ({ data }: MessageEvent<PassedRequest>) => void answer(port, data, name),
      { once: true },
    );
    port.start();
    port.postMessage({ lock } satisfies OwnerAnswer);
  };
  const start = async (): Promise<void> => {
    await holdLock(locks, lock);
    workers.addEventListener("message", onMessage);
    workers.startMessages();
    const registration = await workers.register(script, {
      scope: scope.pathname,
      type: "module",
    });
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    if (worker !== null) await becomeActive(worker);
  };
  return {
    async open(wanted, given) {
      const part = toPart(wanted);
      starting ??= start();
      try {
        await starting;
      } catch (error) {
        starting = undefined;
        const why = toMessage(error);
        throw new Exception("failed", `Cannot answer requests of programs in this browser: ${why}`);
      }
      const { name, release } = await takeName(locks, wanted);
      answers.set(name, given);
      return {
        name,
        url: new URL(part + name.slice(wanted.length), scope).href,
        [Symbol.dispose]() {
          answers.delete(name);
          release();
        },
      };
    },
  };
}

/** As a part of a path. @throws {Exception} `failed` for what cannot be one */
function toPart(name: string): string {
  if (name === "" || name === "." || name === ".." || !name.isWellFormed()) {
    throw new Exception(
      "failed",
      `Cannot open the sandbox: "${name}" cannot be part of an address`,
    );
  }
  return encodeURIComponent(name);
}

/** Fires when a sink takes no more: what says nothing would not learn of that by writing. */
function watchEnd(sink: ByteSink): AbortSignal {
  const ended = new AbortController();
  // There is never so much room, so this waits for the end.
  void sink.ready({ roomBytes: Infinity }).then(() => ended.abort());
  return ended.signal;
}

async function becomeActive(worker: ServiceWorker): Promise<void> {
  const limit = AbortSignal.timeout(START_MS);
  while (worker.state !== "activated") {
    if (worker.state === "redundant")
      throw new Exception("failed", "the service worker has failed");
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener("statechange", () => resolve(), { once: true, signal: limit });
      limit.addEventListener("abort", () => reject(limit.reason as Error), { once: true });
    });
  }
}

/** The first of `name`, `name-2` and so on that no tab of this browser has, for as long as this one wants. */
async function takeName(
  locks: LockManager,
  wanted: string,
): Promise<{ readonly name: string; readonly release: () => void }> {
  for (let number = 1; number <= NAME_LIMIT; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    const { promise: over, resolve: release } = Promise.withResolvers<void>();
    const taken = await new Promise<boolean>((resolve, reject) => {
      locks
        .request(`sandbox/${name}`, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock === null ? undefined : over;
        })
        .catch(reject);
    });
    if (taken) return { name, release };
  }
  throw new Exception("overloaded", `${NAME_LIMIT} sandboxes are named "${wanted}"; end one first`);
}

/** The answer of whoever answers it, to the request with the path below the sandbox's. */
async function settle(
  answer: AnswerRequest | undefined,
  { method, url, headers }: PassedRequest,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  scope: URL,
): Promise<Response> {
  if (answer === undefined) return new Response("The sandbox has ended", { status: 503 });
  const { pathname, search } = new URL(url);
  const path = pathname.slice(scope.pathname.length);
  const below = new URL(scope.origin + path.slice(path.indexOf("/")) + search);
  const own = headers.map(([name, value]): [string, string] => [name, value]);
  const init: RequestInit & { readonly duplex?: "half" } = { method, headers: own };
  try {
    const withBody = body === null ? init : { ...init, body, duplex: "half" as const };
    return await answer(new Request(below, withBody));
  } catch (error) {
    return Response.json({ code: 500, message: toMessage(error) }, { status: 500 });
  }
}
