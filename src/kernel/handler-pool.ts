/**
 * Cells that answer HTTP requests, as one handler: each has one request at a time, a few stay warm, requests beyond wait.
 *
 * A cell that fails answers nothing more, and another one takes its place with the next request.
 */
import { Exception, HTTP_LIMITS, untilAborted, whenAborted } from "#base";
import type { HttpChannel, HttpExchange } from "#base";
import type { Init } from "#capnp";
import type { HttpHandlerServer, HttpRequest, HttpResponse } from "#schema";
import { createResponse, readRequest, sendBody, toResponse, untilExchange } from "#caps";

/** A cell that was started to answer requests. */
export interface HandlerCell {
  readonly channel: HttpChannel;
  /** Resolves when it has ended; never rejects. */
  readonly exited: Promise<unknown>;
  kill(): void;
}

export interface HandlerPoolOptions {
  /** For whoever asks: what the owner calls the cell. */
  readonly name: string;
  /** @throws {Exception} `overloaded` when there is no room for it */
  readonly start: () => Promise<HandlerCell>;
  /** Shorter in tests. */
  readonly limits?: Partial<Pick<typeof HTTP_LIMITS, "headMs" | "waitMs" | "waiting" | "graceMs">>;
}

/** Disposing kills the cells. */
export interface HandlerPool extends Disposable {
  readonly server: HttpHandlerServer;
  /** How many cells there are. */
  readonly size: number;
}

/** Gives a cell to a request, or says why there is none. */
type Waiting = (cell: HandlerCell | Exception) => void;

export function createHandlerPool({ name, start, limits = {} }: HandlerPoolOptions): HandlerPool {
  const bounds = { ...HTTP_LIMITS, ...limits };
  const title = `Cell "${name}"`;
  const cells = new Set<HandlerCell>();
  const idle: HandlerCell[] = [];
  const waiting: Waiting[] = [];
  let starting = 0;
  let isOver = false;

  const startOne = async (): Promise<void> => {
    starting++;
    try {
      const cell = await start();
      if (isOver) cell.kill();
      cells.add(cell);
      void cell.exited.then(() => {
        cells.delete(cell);
        if (idle.includes(cell)) idle.splice(idle.indexOf(cell), 1);
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
    // Those for which cells are being started do not wait for others.
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
      // It may have come at the same moment.
      void promise.then(giveBack, () => undefined);
      if (late.aborted && !signal.aborted) throw new Exception("overloaded", "None was free");
      throw error;
    }
  };
  const giveBack = (cell: HandlerCell): void => {
    if (!cells.has(cell) || cell.channel.failure !== undefined) return;
    idle.push(cell);
    next();
  };
  /** When the cell is done with the exchange; one that takes long over what nobody waits for is killed. Never rejects. */
  const finish = async (cell: HandlerCell, exchange: HttpExchange): Promise<void> => {
    await untilExchange(exchange, () => exchange.isDone);
    if (!exchange.isDone) {
      const timer = setTimeout(() => cell.kill(), bounds.graceMs);
      while (!exchange.isDone && cell.channel.failure === undefined) {
        await Promise.race([exchange.changed.wait(), cell.channel.arrived.wait()]);
      }
      clearTimeout(timer);
    }
    if (exchange.isDone) giveBack(cell);
    else cell.kill();
  };
  const answer = async (request: HttpRequest, signal: AbortSignal): Promise<Init<HttpResponse>> => {
    const read = readRequest(request);
    if ("response" in read) return read.response;
    const cell = await take(signal);
    const exchange = cell.channel.request(read.head);
    void sendBody(exchange, request); // never rejects
    void finish(cell, exchange);
    const late = AbortSignal.timeout(bounds.headMs);
    const forget = whenAborted(signal, () => exchange.abort("connection-terminated"));
    try {
      await untilExchange(exchange, () => exchange.response !== undefined, late);
    } catch {
      exchange.abort("connection-terminated");
      return createResponse(504, `${title} did not answer in ${bounds.headMs / 1000} s`);
    } finally {
      forget();
    }
    signal.throwIfAborted();
    if (exchange.response !== undefined) return toResponse(exchange);
    return createResponse(502, `${title} did not answer the request`);
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
