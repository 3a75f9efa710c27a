/** Answers requests that the service worker passes on to this tab, by the names of its sandboxes. */
import {
  FAR_WINDOW_BYTES,
  Exception,
  holdLock,
  loadOnce,
  openPortDuplex,
  pumpReadable,
  toMessage,
  toReadable,
  watchLock,
} from "#base";
import type { AskedOwner, ByteSink, OwnerAnswer, PassedRequest, PassedResponse } from "#base";

/** Answers a request below `sandbox/<name>/`; the request's path begins after that prefix. */
export type AnswerRequest = (request: Request) => Promise<Response>;

export interface NamedAnswers {
  /**
   * Answers the requests for a name until the result is disposed. The name is the wanted one or, if a tab of this browser
   * has that, the first free one of `name-2`, `name-3` and so on.
   *
   * @throws {Exception} `failed` when the browser does not start the service worker or the name cannot be part of a path,
   *   `overloaded` when too many sandboxes have the name.
   */
  open(wanted: string, answer: AnswerRequest): Promise<NamedAnswer>;
}

export interface NamedAnswer extends Disposable {
  readonly name: string;
  /** Has no trailing slash. */
  readonly url: string;
}

export interface AnswerPowers {
  readonly workers: ServiceWorkerContainer;
  readonly locks: LockManager;
  /** URL of the service worker's script. */
  readonly script: URL;
  /** Requests below this URL are passed on. */
  readonly scope: URL;
}

/** How long the browser may take to start the service worker. */
const START_MS = 20_000;
/** Most sandboxes with the same wanted name. */
const NAME_LIMIT = 100;

export function createNamedAnswers({ workers, locks, script, scope }: AnswerPowers): NamedAnswers {
  const answers = new Map<string, AnswerRequest>();
  /** The service worker waits for this lock, and so learns that the tab is gone. */
  const lock = `tab/${crypto.randomUUID()}`;

  const answer = async (port: MessagePort, passed: PassedRequest, name: string): Promise<void> => {
    const { source, sink } = openPortDuplex(passed.bodies, { windowBytes: FAR_WINDOW_BYTES });
    // The browser may end the service worker at any time, and the body of a request is then incomplete.
    const gone = new AbortController();
    const over = watchLock(locks, passed.lock, () => {
      gone.abort(new Exception("disconnected", "The service worker is gone"));
      sink[Symbol.dispose]();
    });
    const body = passed.hasBody ? toReadable(source, { signal: gone.signal }) : null;
    const answered = await settle(answers.get(name), passed, body, scope);
    const { status, headers, body: answerBody } = answered;
    const hasBody = answerBody !== null;
    port.postMessage({ status, headers: [...headers], hasBody } satisfies PassedResponse);
    port.close();
    if (answerBody === null) sink.close();
    else await pumpReadable(answerBody, sink, { signal: watchEnd(sink) });
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
  const started = loadOnce(async () => {
    await holdLock(locks, lock);
    workers.addEventListener("message", onMessage);
    workers.startMessages();
    const registration = await workers.register(script, {
      scope: scope.pathname,
      type: "module",
    });
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    if (worker !== null) await becomeActive(worker);
  });
  return {
    async open(wanted, answerRequest) {
      const part = toPart(wanted);
      try {
        await started.get();
      } catch (error) {
        const why = toMessage(error);
        throw new Exception("failed", `Cannot answer requests of programs in this browser: ${why}`);
      }
      const { name, release } = await takeName(locks, wanted);
      answers.set(name, answerRequest);
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

/** The name as a path segment. @throws {Exception} `failed` when it cannot be one */
function toPart(name: string): string {
  if (name === "" || name === "." || name === ".." || !name.isWellFormed()) {
    throw new Exception(
      "failed",
      `Cannot open the sandbox: "${name}" cannot be part of an address`,
    );
  }
  return encodeURIComponent(name);
}

/** Fires when the sink is closed by its reader, which a body that is silent for long would not notice by writing. */
function watchEnd(sink: ByteSink): AbortSignal {
  const ended = new AbortController();
  // The sink never has infinite room, so this waits for its end.
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

/** Locks the first of `name`, `name-2` and so on that no tab of this browser has, until it is released. */
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

/** Calls `answer` with a request whose path begins below the sandbox's; errors become responses. */
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
