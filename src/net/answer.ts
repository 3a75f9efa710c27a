/** One request to a gateway and its streamed response; every wait has a limit. */
import { sleep } from "#base";
import type { Waiting } from "#base";
import type { ProviderName, Trouble } from "./trouble.ts";

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Asked {
  readonly provider: ProviderName;
  readonly url: string;
  /** The requested content type. */
  readonly type: string;
  readonly fetch: Fetch;
  /** The longest silence; also the minimal rate: fewer than `stallMs` bytes in `stallMs` ms are too slow. */
  readonly stallMs: number;
}

export interface AskOptions extends Waiting {
  /** Called with the delay in seconds that a busy gateway requests, and with `undefined` after it. */
  readonly onWait?: ((seconds: number | undefined) => void) | undefined;
}

export type Answer =
  | { readonly type: "status"; readonly status: number }
  | { readonly type: "foreign"; readonly found: string }
  | { readonly type: "trouble"; readonly trouble: Trouble }
  | {
      readonly type: "body";
      readonly parts: AsyncIterable<Uint8Array>;
      readonly totalBytes: number | undefined;
      /** Explains an error thrown by `parts`; rethrows the caller's own cancellation. */
      explain(reason: unknown): Trouble;
    };

const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;
/** The delay when `Retry-After` is missing, or hidden from other origins. */
const DEFAULT_WAIT_SECONDS = 2;
const LIMIT_WAIT_SECONDS = 60;
const LIMIT_WAITS = 5;

/** Sends the request, retries when the gateway asks to wait, and resolves with the head of the response. */
export async function openAnswer(
  asked: Asked,
  { signal, onWait }: AskOptions = {},
): Promise<Answer> {
  for (let waits = 0; ; waits++) {
    const answer = await ask(asked, signal);
    if (answer.type !== "busy") return answer;
    const { seconds, status } = answer;
    if (waits === LIMIT_WAITS) return { type: "status", status };
    if (seconds > LIMIT_WAIT_SECONDS) {
      return { type: "trouble", trouble: { type: "busy", provider: asked.provider, seconds } };
    }
    onWait?.(seconds);
    await sleep(seconds * 1000, signal);
    signal?.throwIfAborted();
    onWait?.(undefined);
  }
}

interface Busy {
  readonly type: "busy";
  readonly status: number;
  readonly seconds: number;
}

async function ask(asked: Asked, signal: AbortSignal | undefined): Promise<Answer | Busy> {
  signal?.throwIfAborted();
  const { provider, stallMs } = asked;
  const watch = createWatch(stallMs);
  const explain = (type: "unreachable" | "cut", cause: unknown): Trouble => {
    watch.end();
    signal?.throwIfAborted();
    const { reason } = watch.signal;
    if (reason === SILENT) return { type: "stalled", provider, stallMs };
    if (reason === SLOW) return { type: "slow", provider, bytes: watch.bytes, stallMs };
    return { type, provider, cause };
  };

  watch.begin();
  try {
    const response = await asked.fetch(asked.url, {
      headers: { Accept: asked.type },
      credentials: "omit",
      // Correct blocks are stored by this page; wrong ones must not come back from the browser's cache.
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: signal === undefined ? watch.signal : AbortSignal.any([signal, watch.signal]),
    });
    watch.arrived(0);
    const { body, status } = response;
    if (!response.ok || body === null) {
      watch.end();
      await body?.cancel();
      const seconds = readWait(response);
      return seconds === undefined ? { type: "status", status } : { type: "busy", status, seconds };
    }
    const found = response.headers.get("content-type") ?? "nothing";
    if (!found.toLowerCase().startsWith(asked.type.split(";")[0] ?? "")) {
      watch.end();
      await body.cancel();
      return { type: "foreign", found: `answers ${found} instead of blocks` };
    }
    const length = Number(response.headers.get("content-length") ?? Number.NaN);
    return {
      type: "body",
      totalBytes: Number.isSafeInteger(length) ? length : undefined,
      parts: readParts(body, watch),
      explain: (reason) => explain("cut", reason),
    };
  } catch (cause) {
    return { type: "trouble", trouble: explain("unreachable", cause) };
  }
}

/** The delay in seconds that a gateway requests, if any. @see RFC 9110, section 10.2.3 */
function readWait({ status, headers }: Response): number | undefined {
  if (status !== TOO_MANY_REQUESTS && status !== UNAVAILABLE) return undefined;
  const text = headers.get("retry-after");
  if (text === null) return status === TOO_MANY_REQUESTS ? DEFAULT_WAIT_SECONDS : undefined;
  return /^\d+$/.test(text) ? Number(text) : DEFAULT_WAIT_SECONDS;
}

const SILENT = "silent";
const SLOW = "slow";

/** Aborts when too little arrives. Time without a pending read does not count. */
interface Watch {
  readonly signal: AbortSignal;
  /** Bytes received in the current interval. */
  readonly bytes: number;
  /** A read begins. */
  begin(): void;
  /** The read has ended. */
  arrived(bytes: number): void;
  end(): void;
}

function createWatch(stallMs: number): Watch {
  const abort = new AbortController();
  let bytes = 0;
  let waiting = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  const checkRate = (): void => {
    // A slow consumer finds buffered bytes, so an interval without a pending read proves nothing.
    if (waiting && bytes < stallMs) abort.abort(SLOW);
    else bytes = 0;
  };
  let rate: ReturnType<typeof setInterval> | undefined;
  return {
    signal: abort.signal,
    get bytes() {
      return bytes;
    },
    begin() {
      waiting = true;
      silence = setTimeout(() => abort.abort(SILENT), stallMs);
    },
    arrived(count) {
      waiting = false;
      clearTimeout(silence);
      bytes += count;
      // Until the head of the response, only silence counts.
      rate ??= setInterval(checkRate, stallMs);
    },
    end() {
      clearTimeout(silence);
      clearInterval(rate);
    },
  };
}

async function* readParts(
  body: ReadableStream<Uint8Array>,
  watch: Watch,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      watch.begin();
      const { value } = await reader.read();
      watch.arrived(value?.length ?? 0);
      if (value === undefined) return;
      yield value;
    }
  } finally {
    watch.end();
    // A failed stream rejects here again; the read above has reported it.
    await reader.cancel().catch(() => undefined);
  }
}
