/**
 * One HTTP handler over a few warm cells. Each cell answers one request at a time; further requests wait.
 *
 * A cell that fails gets no further request; the next request starts another cell. Some programs can answer only one
 * request: when a cell fails to answer its second one, a new cell gets that request, and if it answers, every later request
 * gets a new cell as well.
 */
import { Exception, HTTP_LIMITS, untilAborted, whenAborted } from "#base";
import type { HttpChannel, HttpExchange, HttpRequestHead } from "#base";
import { isNull } from "#capnp";
import type { Init } from "#capnp";
import type { HttpHandlerServer, HttpRequest, HttpResponse } from "#schema";
import { createResponse, isSoon, readRequest, sendBody, toResponse, untilExchange } from "#caps";

/** A cell that was started to answer requests. */
export interface HandlerCell {
  readonly channel: HttpChannel;
  /** Resolves when it has ended; never rejects. */
  readonly exited: Promise<unknown>;
  kill(): void;
}

export interface HandlerPoolOptions {
  /** The owner's name for the cell, used in error responses. */
  readonly name: string;
  /** @throws {Exception} `overloaded` when there is no room for it */
  readonly start: () => Promise<HandlerCell>;
  /** Shorter in tests. */
  readonly limits?: Partial<Pick<typeof HTTP_LIMITS, "headMs" | "waitMs" | "waiting" | "graceMs">>;
}

/** Disposing kills the cells. */
export interface HandlerPool extends Disposable {
  readonly server: HttpHandlerServer;
  /** Number of live cells. */
  readonly size: number;
}

/** Methods whose requests may be repeated. @see RFC 9110, section 9.2.1 */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Hands a cell to a waiting request, or the reason why there is none. */
type Waiting = (cell: HandlerCell | Exception) => void;

export function createHandlerPool({ name, start, limits = {} }: HandlerPoolOptions): HandlerPool {
  const bounds = { ...HTTP_LIMITS, ...limits };
  const title = `Cell "${name}"`;
  const cells = new Set<HandlerCell>();
  const idle: HandlerCell[] = [];
  const waiting: Waiting[] = [];
  /** Cells that have been given a request. */
  const used = new WeakSet<HandlerCell>();
  let starting = 0;
  let isOver = false;
  /** Whether a cell of this program can answer only one request. */
  let isOneShot = false;

  const startOne = async (): Promise<void> => {
    starting++;
    try {
      const cell = await start();
      if (isOver) cell.kill();
      cells.add(cell);
      void cell.exited.then(() => {
        forget(cell);
        cell.channel[Symbol.dispose]();
        next();
      });
      idle.push(cell);
    } catch (error) {
      const kind = error instanceof Exception ? error.kind : "failed";
      waiting.shift()?.(new Exception(kind, "It cannot be started"));
    } finally {
      starting--;
      next();
    }
  };
  const forget = (cell: HandlerCell): void => {
    cells.delete(cell);
    if (idle.includes(cell)) idle.splice(idle.indexOf(cell), 1);
  };
  /** Ends the cell. */
  const drop = (cell: HandlerCell): void => {
    forget(cell);
    cell.kill();
  };
  const next = (): void => {
    while (waiting.length > 0) {
      const cell = idle.pop();
      if (cell === undefined) break;
      waiting.shift()?.(cell);
    }
    const missing = Math.min(waiting.length - starting, bounds.instances - cells.size - starting);
    if (isOver) return;
    for (let count = 0; count < missing; count++) void startOne(); // never rejects
  };
  /** @throws {Exception} `overloaded` when no cell comes in time; the signal's reason */
  const take = async (signal: AbortSignal): Promise<HandlerCell> => {
    if (isOver) throw new Exception("disconnected", "The run has ended");
    const free = waiting.length === 0 ? idle.pop() : undefined;
    if (free !== undefined) return free;
    // Requests for which a cell is being started do not count as waiting.
    if (waiting.length >= bounds.waiting + bounds.instances - cells.size)
      throw new Exception("overloaded", "Too many wait");
    const { promise, resolve, reject } = Promise.withResolvers<HandlerCell>();
    const wait: Waiting = (given) => (given instanceof Exception ? reject(given) : resolve(given));
    waiting.push(wait);
    next();
    const late = AbortSignal.timeout(bounds.waitMs);
    const leave = (): void => {
      if (waiting.includes(wait)) waiting.splice(waiting.indexOf(wait), 1);
    };
    try {
      return await untilAborted(promise, AbortSignal.any([signal, late]));
    } catch (error) {
      leave();
      // A cell may have been assigned at the same moment.
      void promise.then(giveBack, () => undefined);
      if (late.aborted && !signal.aborted) throw new Exception("overloaded", "None was free");
      throw error;
    }
  };
  const giveBack = (cell: HandlerCell): void => {
    if (!cells.has(cell) || cell.channel.failure !== undefined) return;
    if (isOneShot && used.has(cell)) return drop(cell);
    idle.push(cell);
    next();
  };
  /**
   * Returns the cell to the pool once it is done with the exchange; kills one that works on long after the exchange has
   * failed. Never rejects.
   */
  const finish = async (cell: HandlerCell, exchange: HttpExchange): Promise<void> => {
    await untilExchange(exchange, () => exchange.isDone);
    if (!exchange.isDone) {
      const timer = setTimeout(() => drop(cell), bounds.graceMs);
      while (!exchange.isDone && cell.channel.failure === undefined) {
        await Promise.race([exchange.changed.wait(), cell.channel.arrived.wait()]);
      }
      clearTimeout(timer);
    }
    if (exchange.isDone) giveBack(cell);
    else drop(cell);
  };
  const answer = async (request: HttpRequest, signal: AbortSignal): Promise<Init<HttpResponse>> => {
    const read = readRequest(request);
    if ("response" in read) return read.response;
    for (let tries = 1; ; tries++) {
      const cell = await take(signal);
      const wasUsed = used.has(cell);
      used.add(cell);
      const response = await answerBy(cell, read.head, request, signal);
      if (response !== undefined) {
        // Set before the cell finishes the exchange and returns to the pool.
        if (tries > 1 && !wasUsed) isOneShot = true;
        return response;
      }
      const isRepeatable = REPEATABLE.has(read.head.method) && isNull(request.body);
      if (!wasUsed || !isRepeatable || tries > bounds.instances) {
        return createResponse(502, `${title} did not answer the request`);
      }
      drop(cell);
    }
  };
  /** The response; `undefined` when the cell fails before it has one. */
  const answerBy = async (
    cell: HandlerCell,
    head: HttpRequestHead,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<Init<HttpResponse> | undefined> => {
    const exchange = cell.channel.request(head);
    void sendBody(exchange, request); // never rejects
    void finish(cell, exchange);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      exchange.abort("HTTP-response-timeout");
    }, bounds.headMs);
    const forget = whenAborted(signal, () => exchange.abort("connection-terminated"));
    await untilExchange(exchange, () => exchange.response !== undefined);
    clearTimeout(timer);
    forget();
    if (isLate) return createResponse(504, `${title} did not answer in ${bounds.headMs / 1000} s`);
    signal.throwIfAborted();
    if (!exchange.hasEnded) {
      await isSoon(untilExchange(exchange, () => exchange.hasEnded).then(() => true));
    }
    return exchange.response === undefined ? undefined : toResponse(exchange);
  };
  return {
    get size() {
      return cells.size;
    },
    server: {
      async handle(request, { signal }) {
        try {
          return { response: await answer(request, signal) };
        } catch (error) {
          signal.throwIfAborted();
          const isBusy = error instanceof Exception && error.kind === "overloaded";
          const response = isBusy
            ? createResponse(503, `${title} is busy`)
            : createResponse(502, `${title} cannot answer requests`);
          return { response };
        }
      },
      upgrade: () => ({
        response: createResponse(501, `${title} cannot be upgraded`),
        outgoing: null,
      }),
    },
    [Symbol.dispose]() {
      isOver = true;
      for (const wait of waiting.splice(0))
        wait(new Exception("disconnected", "The run has ended"));
      for (const cell of cells) cell.kill();
    },
  };
}
