/** Lends pages of a running browser to `ww run`, by a socket that only the user can reach. */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { joinDuplexes, SILENT, toException, toMessage } from "#base";
import type { Duplex, Logger } from "#base";
import { placeImages } from "../page-order.ts";
import type { PageOrder } from "../page-order.ts";
import { openSocketDuplex } from "../socket-duplex.ts";
import { parseRequest, readFirstLine, writeLine } from "./messages.ts";
import type { Request } from "./messages.ts";
import { listenPrivately } from "./private-socket.ts";
import type { Berth, BerthOptions } from "./warm-browser.ts";

/** The part of a page that a run needs. */
export type LentPage = Omit<Berth, "page">;

/** Lends pages to runs. */
export interface Lender {
  /** A page, which the caller disposes. @throws {Exception} `failed` when no browser can be started for it. */
  take(options: BerthOptions): Promise<LentPage>;
}

export interface ResidentOptions {
  /** The socket's folder, which no other user can enter; created if necessary. */
  readonly folder: string;
  /** Runs of other builds are refused. */
  readonly identity: string;
  readonly berths: Lender;
  readonly logger?: Logger | undefined;
}

/** Disposing ends all runs, with a message to each. */
export interface Resident extends AsyncDisposable {
  /** Path of the socket. */
  readonly path: string;
}

/** Runs at a time; further ones start a browser of their own. */
const RUNS = 16;
/** Time within which a connection must send its request. */
const REQUEST_MS = 5000;

/** @throws {Exception} `failed` when another resident of the user is there, or the folder is not private. */
export async function startResident(options: ResidentOptions): Promise<Resident> {
  const { folder, identity, logger = SILENT } = options;
  /** Pages that wait for the second connection of their run. */
  const pages = new Map<string, Duplex>();
  const leases = new Map<Socket, Promise<void>>();

  const join = (socket: Socket, token: string): void => {
    const duplex = pages.get(token);
    if (duplex === undefined) return void socket.destroy();
    pages.delete(token);
    void joinDuplexes(openSocketDuplex(socket), duplex); // never rejects
  };
  const receive = (socket: Socket, request: Request): void => {
    if (request.identity !== identity) return refuse(socket, "it is of another build of ww");
    if ("join" in request) return join(socket, request.join);
    if (leases.size >= RUNS) return refuse(socket, `it serves ${RUNS} runs already`);
    logger.log("info", "cli", "a run has begun");
    const lease = serveLease(socket, request.open, options.berths, pages)
      .catch((reason: unknown) => {
        logger.log("warn", "cli", "a run's page has not ended well", { reason: toMessage(reason) });
      })
      .finally(() => {
        leases.delete(socket);
        logger.log("info", "cli", "a run has ended, and its page with it");
      });
    leases.set(socket, lease);
  };
  const accept = (socket: Socket): void => {
    // `close` follows.
    socket.on("error", () => undefined);
    const timer = setTimeout(() => socket.destroy(), REQUEST_MS);
    socket.on("close", () => clearTimeout(timer));
    readFirstLine(socket, (line) => {
      clearTimeout(timer);
      try {
        receive(socket, parseRequest(line));
      } catch {
        socket.destroy();
      }
    });
  };
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => void (await Promise.all(leases.values())));
  const { path } = stack.use(await listenPrivately(folder, accept));
  stack.defer(() => {
    for (const socket of leases.keys()) {
      writeLine(socket, { type: "broken", message: "The resident browser was stopped" });
    }
  });
  const owned = stack.move();
  return { path, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function refuse(socket: Socket, why: string): void {
  writeLine(socket, { type: "refused", why });
  socket.end();
  // Discards all further input.
  socket.resume();
}

/** Serves one run. Resolves when the run is over and its page closed. */
async function serveLease(
  socket: Socket,
  order: PageOrder,
  berths: Lender,
  pages: Map<string, Duplex>,
): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const over = new AbortController();
  // The run sends nothing more before it ends the lease.
  socket.on("end", () => socket.end());
  socket.on("close", () => {
    over.abort();
    end();
  });
  socket.resume();
  writeLine(socket, { type: "welcome" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => socket.destroySoon());
  const options: BerthOptions = {
    cells: order.cells,
    log: order.log,
    gateways: order.gateways,
    onConsole: order.log && ((text) => writeLine(socket, { type: "console", text })),
  };
  let berth: LentPage;
  try {
    berth = stack.use(await berths.take(options));
  } catch (reason) {
    return refuse(socket, toMessage(reason));
  }
  if (over.signal.aborted) return;
  writeLine(socket, { type: "ready" });
  try {
    const placed = await placeImages(berth.node, order, { signal: over.signal });
    const token = randomBytes(16).toString("hex");
    pages.set(token, berth.duplex);
    stack.defer(() => void pages.delete(token));
    writeLine(socket, { type: "opened", token, ...placed });
  } catch (reason) {
    const { kind } = toException(reason);
    return writeLine(socket, { type: "failed", kind, message: toMessage(reason) });
  }
  await Promise.race([ended, berth.broken]).catch((reason: unknown) => {
    writeLine(socket, { type: "broken", message: toMessage(reason) });
  });
}
