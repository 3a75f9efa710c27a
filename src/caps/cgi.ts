/** A program for each request: CGI over standard streams. @see capnp/later/system.capnp HttpListener */
import { concatBytes, Exception, HTTP_LIMITS, takeTurn, untilAborted, whenAborted } from "#base";
import { dup, isNull } from "#capnp";
import type { Init } from "#capnp";
import type {
  ByteStream,
  ByteStreamServer,
  HttpHandlerServer,
  HttpRequest,
  HttpResponse,
} from "#schema";
import type { Executor } from "#schema/later";
import { readPieces, serveSource } from "./byte-stream.ts";
import { CGI_HEAD_BYTES, findCgiHead, parseCgiHead, toCgiEnvironment } from "./cgi-message.ts";
import { giveExports, releaseAll } from "./exports.ts";
import type { NamedClient } from "./exports.ts";
import { isSoon } from "./http-exchange.ts";
import { createResponse, readRequest } from "./http-response.ts";

export interface CgiOptions {
  /** Ownership is taken over. */
  readonly executor: Executor;
  readonly prefix: string;
  /** Capabilities that each process is piece; ownership is taken over. */
  readonly grants: readonly NamedClient[];
}

/** Maximum number of concurrent processes of one listener. */
const PROCESS_LIMIT = 16;
const SCHEDULED = { which: "scheduled", scheduled: undefined } as const;
const PIECE_BYTES = 64 * 1024;

export function serveCgi(options: CgiOptions): HttpHandlerServer & Disposable {
  const { executor, prefix, grants } = options;
  const title = `The program at "${prefix}"`;
  let running = 0;
  return {
    async handle(request, { signal }) {
      const read = readRequest(request);
      if ("response" in read) return read;
      if (running >= PROCESS_LIMIT) {
        return { response: createResponse(503, `${title} is busy`) };
      }
      running++;
      const over = new AbortController();
      const timer = setTimeout(() => over.abort("late"), HTTP_LIMITS.headMs);
      const end = (): void => {
        clearTimeout(timer);
        running--;
      };
      const process = new CgiProcess(options, over.signal, end);
      try {
        const either = AbortSignal.any([signal, over.signal]);
        return { response: await process.answer(read.head, request, either) };
      } catch (error) {
        process[Symbol.dispose]();
        signal.throwIfAborted();
        const status = toStatus(error, over.signal.aborted);
        return { response: createResponse(status, `${title} ${PROBLEMS[status]}`) };
      }
    },
    upgrade() {
      return { response: createResponse(501, `${title} cannot be upgraded`), outgoing: null };
    },
    [Symbol.dispose]() {
      executor[Symbol.dispose]();
      releaseAll(grants);
    },
  };
}

type Problem = 413 | 502 | 503 | 504;

const PROBLEMS: Readonly<Record<Problem, string>> = {
  413: "takes no more than 16 MiB",
  502: "did not answer the request",
  503: "cannot be started now",
  504: `did not answer in ${HTTP_LIMITS.headMs / 1000} s`,
};

function toStatus(error: unknown, isLate: boolean): Problem {
  if (isLate) return 504;
  if (error === TOO_LARGE) return 413;
  return error instanceof Exception && error.kind === "overloaded" ? 503 : 502;
}

const TOO_LARGE: Exception = new Exception("failed", "The body of a request is too large");

/** One request and its process. Disposing ends the process. */
class CgiProcess implements Disposable {
  readonly #options: CgiOptions;
  readonly #late: AbortSignal;
  readonly #end: () => void;
  readonly #stack = new DisposableStack();
  #kill: (() => void) | undefined;
  #isOver = false;

  constructor(options: CgiOptions, late: AbortSignal, end: () => void) {
    this.#options = options;
    this.#late = late;
    this.#end = end;
    whenAborted(late, () => this[Symbol.dispose]());
  }

  async answer(
    head: Parameters<typeof toCgiEnvironment>[0],
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<Init<HttpResponse>> {
    const { executor, prefix, grants } = this.#options;
    // Programs read as many bytes as CONTENT_LENGTH says, so the length must be known.
    const body = isNull(request.body) ? undefined : await gatherBody(request.body, signal);
    const env = toCgiEnvironment(head, prefix, body?.length);
    const started = await executor.spawn([], env, giveExports(grants), SCHEDULED, { signal });
    this.#stack.use(started);
    const { process } = started;
    this.#kill = () => void process.kill().then(undefined, () => undefined);
    const stdin = this.#stack.use(process.stdin()).stream;
    const stdout = this.#stack.use(process.stdout()).stream;
    const stderr = this.#stack.use(process.stderr()).stream;
    void feed(stdin, body);
    void discard(stderr);
    const pieces = readPieces(stdout, PIECE_BYTES, { signal: this.#late });
    const { text, rest } = await readHead(pieces, signal);
    return { ...parseCgiHead(text), ...(await this.#serveBody(rest, pieces)) };
  }

  /** All of a short body, or what has come of it and what reads more. */
  async #serveBody(
    rest: Uint8Array,
    pieces: AsyncGenerator<Uint8Array>,
  ): Promise<Pick<Init<HttpResponse>, "content" | "body">> {
    let content = rest;
    let next: Promise<IteratorResult<Uint8Array>> | undefined;
    let isLate = false;
    const gather = async (): Promise<boolean> => {
      while (content.length < PIECE_BYTES) {
        next = pieces.next();
        const { value, done } = await next;
        // It is the reader's.
        if (isLate) return false;
        next = undefined;
        if (done === true) return true;
        content = concatBytes([content, value]);
      }
      return false;
    };
    const isWhole = await isSoon(gather());
    isLate = true;
    if (!isWhole) return { content, body: this.#serveRest(content.length, next, pieces) };
    this.#disposeLater();
    return { content };
  }

  /** @param sentBytes of the body before it */
  #serveRest(
    sentBytes: number,
    first: Promise<IteratorResult<Uint8Array>> | undefined,
    pieces: AsyncGenerator<Uint8Array>,
  ): ByteStreamServer & Disposable {
    let held: Uint8Array = new Uint8Array(0);
    let bytes = sentBytes;
    let next = first;
    const server = serveSource({
      read: async (limitBytes) => {
        if (held.length === 0) {
          const { value, done } = await (next ?? pieces.next());
          next = undefined;
          if (done === true) {
            this.#disposeLater();
            return undefined;
          }
          held = value.slice();
        }
        const piece = held.subarray(0, limitBytes);
        held = held.subarray(piece.length);
        bytes += piece.length;
        if (bytes > HTTP_LIMITS.bodyBytes) {
          this[Symbol.dispose]();
          throw new Exception("failed", `Response is longer than ${HTTP_LIMITS.bodyBytes} bytes`);
        }
        return piece;
      },
      [Symbol.dispose]: () => this[Symbol.dispose](),
    });
    return { ...server, [Symbol.dispose]: () => this[Symbol.dispose]() };
  }

  /** Ending a worker takes a while: the answer is sent first. */
  #disposeLater(): void {
    void takeTurn().then(() => this[Symbol.dispose]());
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // Kills a process that still runs: nothing reads its output any more.
    this.#kill?.();
    this.#stack.dispose();
    this.#end();
  }
}

/** @throws {Exception} `TOO_LARGE` */
async function gatherBody(stream: ByteStream, signal: AbortSignal): Promise<Uint8Array> {
  using body = dup(stream);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of readPieces(body, PIECE_BYTES, { signal })) {
    length += piece.length;
    if (length > HTTP_LIMITS.bodyBytes) throw TOO_LARGE;
    parts.push(piece.slice());
  }
  return concatBytes(parts);
}

/** Writes the program's input, which it need not read. Never rejects. */
async function feed(stdin: ByteStream, body: Uint8Array = new Uint8Array(0)): Promise<void> {
  try {
    for (let at = 0; at < body.length; at += PIECE_BYTES) {
      await stdin.write(body.subarray(at, at + PIECE_BYTES));
    }
    await stdin.close();
  } catch {
    // The program has ended.
  }
}

/** Drops the program's error output, which is for its author and not for clients. Never rejects. */
async function discard(stream: ByteStream): Promise<void> {
  try {
    for await (const piece of readPieces(stream)) void piece;
  } catch {
    // The program was killed.
  }
}

/** @throws {Exception} `failed` when the output contains no head of a response */
async function readHead(
  pieces: AsyncGenerator<Uint8Array>,
  signal: AbortSignal,
): Promise<{ readonly text: Uint8Array; readonly rest: Uint8Array }> {
  let output = new Uint8Array(0) as Uint8Array;
  while (output.length <= CGI_HEAD_BYTES) {
    signal.throwIfAborted();
    const { value, done } = await untilAborted(pieces.next(), signal);
    if (done === true) break;
    output = concatBytes([output, value]).slice();
    const found = findCgiHead(output);
    if (found === undefined) continue;
    const { head, gap } = found;
    return { text: output.subarray(0, head), rest: output.subarray(head + gap) };
  }
  throw new Exception("failed", "Program has returned no response head");
}
