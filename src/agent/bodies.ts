/** Bodies of requests and answers: a peer that stalls is cut off, so that none of them is held open for ever. */
import { untilAborted, whenAborted } from "#base";
import { BOUNDS } from "./bounds.ts";
import { HttpError } from "./errors.ts";
import type { AgentPowers } from "./powers.ts";

/** One exchange, from the arrival of a request to the end of its answer's body. */
export interface Exchange {
  /** Fires when the client disconnects, or stops reading. */
  readonly signal: AbortSignal;
  leave(reason: unknown): void;
  /** The answer is over. */
  end(): void;
}

export function openExchange(request: Request, onEnd: () => void): Exchange {
  const leaving = new AbortController();
  const leave = (reason: unknown): void => leaving.abort(reason ?? new HttpError(499, LEFT));
  if (request.signal.aborted) leave(request.signal.reason);
  const forget = whenAborted(request.signal, () => leave(request.signal.reason));
  let ended = false;
  return {
    signal: leaving.signal,
    leave,
    end() {
      if (ended) return;
      ended = true;
      forget();
      // Ends a read of the request's body that may still be pending.
      leaving.abort(new HttpError(499, "the exchange is over"));
      onEnd();
    },
  };
}

const LEFT = "the client has disconnected";

/**
 * The body of a request, in pieces.
 *
 * @throws what `late` returns when no bytes arrive for too long, or the signal's reason
 */
export async function* readBody(
  request: Request,
  signal: AbortSignal,
  { startTimer }: AgentPowers,
  late: () => Error = () => new HttpError(408, LATE),
): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader = request.body.getReader();
  const given = new AbortController();
  const giveUp = (): void => given.abort(late());
  if (signal.aborted) given.abort(signal.reason);
  const forget = whenAborted(signal, () => given.abort(signal.reason));
  let isDone = false;
  try {
    for (;;) {
      const stop = startTimer(BOUNDS.bodyIdleMs, giveUp);
      let next;
      try {
        next = await untilAborted(reader.read(), given.signal);
      } finally {
        stop();
      }
      isDone = next.done;
      if (next.value === undefined) return;
      yield next.value;
    }
  } finally {
    forget();
    if (!isDone) void reader.cancel().catch(() => undefined); // it may have failed
    reader.releaseLock();
  }
}

export const LATE: string = `no bytes of the body arrived for ${BOUNDS.bodyIdleMs / 1000} s`;

/** A small body as text. @throws {HttpError} 413 when it is too long, 408 when it stalls */
export async function readSmallBody(
  request: Request,
  signal: AbortSignal,
  powers: AgentPowers,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const piece of readBody(request, signal, powers)) {
    length += piece.length;
    if (length > BOUNDS.jsonBytes) {
      throw new HttpError(413, `the body is longer than ${BOUNDS.jsonBytes} bytes`);
    }
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * The body of an answer. A client that disconnects, or reads nothing for too long, ends the exchange; the signal of the
 * exchange then ends the wait for the next piece.
 */
export function toBody(
  pieces: AsyncIterator<Uint8Array>,
  exchange: Exchange,
  { startTimer }: AgentPowers,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let stop: (() => void) | undefined;
  const leave = (reason: unknown): void => {
    stop?.();
    exchange.leave(reason);
    exchange.end();
    // A wait for the next piece has been ended by the signal.
    void pieces.return?.().catch(() => undefined);
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      stop?.();
      try {
        const { done, value } = await pieces.next();
        if (done === true) {
          exchange.end();
          controller.close();
          return;
        }
        controller.enqueue(value as Uint8Array<ArrayBuffer>);
      } catch (reason) {
        exchange.leave(reason);
        exchange.end();
        throw reason;
      }
      stop = startTimer(BOUNDS.readerIdleMs, () => {
        const reason = new HttpError(408, `nothing was read for ${BOUNDS.readerIdleMs / 1000} s`);
        controller.error(reason);
        leave(reason);
      });
    },
    cancel: (reason) => leave(reason),
  });
}
