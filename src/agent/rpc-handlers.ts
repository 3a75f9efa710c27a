/** Wraps RPC handlers: turns failures into codes, and sends keepalives as the headers ask. */
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext } from "@connectrpc/connect";
import { toConnectError } from "./errors.ts";
import type { EventQueue } from "./event-queue.ts";

type Unary<I, O> = (request: I, context: HandlerContext) => Promise<O> | O;
type Streaming<I, O> = (request: I, context: HandlerContext) => AsyncIterable<O>;

export function unary<I, O>(
  handle: Unary<I, O>,
): (request: I, context: HandlerContext) => Promise<O> {
  return async (request, context) => {
    try {
      return await handle(request, context);
    } catch (reason) {
      throw toCode(reason, context);
    }
  };
}

export function streaming<I, O>(handle: Streaming<I, O>): Streaming<I, O> {
  return async function* handleStreaming(request, context) {
    try {
      yield* handle(request, context);
    } catch (reason) {
      throw toCode(reason, context);
    }
  };
}

/** When the deadline or the client has ended the call, that is the reason, whatever a wait has failed with. */
function toCode(reason: unknown, { signal }: HandlerContext): ConnectError {
  if (signal.aborted && !(reason instanceof ConnectError)) return toConnectError(signal.reason);
  return toConnectError(reason);
}

/** How long a stream may be silent before it sends a keepalive. */
function readKeepaliveMs({ requestHeader }: HandlerContext): number {
  const seconds = Number(requestHeader.get("keepalive-ping-interval") ?? "");
  return Number.isSafeInteger(seconds) && seconds > 0 && seconds <= MOST_SECONDS
    ? seconds * 1000
    : KEEPALIVE_MS;
}

const KEEPALIVE_MS = 90_000;
const MOST_SECONDS = 86_400;

/** The events of a queue up to its end; `undefined` after each silence. */
export async function* readQueue<T>(
  queue: EventQueue<T>,
  context: HandlerContext,
): AsyncGenerator<T | undefined> {
  const silenceMs = readKeepaliveMs(context);
  for (;;) {
    const next = await queue.next(silenceMs, context.signal);
    if (next === undefined) return;
    yield next === "silence" ? undefined : next.event;
  }
}

export function unimplemented(message: string): ConnectError {
  return new ConnectError(message, Code.Unimplemented);
}
