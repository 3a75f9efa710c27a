/** Gives runs of `ww run` pages of a browser that is there already, by a socket of the user's. */
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

/** What a run needs of its page. */
export type LentPage = Omit<Berth, "page">;

/** Who has pages for runs. */
export interface Lender {
  /** The caller disposes it. @throws {Exception} `failed` when there is no browser for it. */
  take(options: BerthOptions): Promise<LentPage>;
}

export interface ResidentOptions {
  /** Whose socket it is: a folder that no other user can enter, made if it is not there. */
  readonly folder: string;
  /** Runs of other builds are refused. */
  readonly identity: string;
  readonly berths: Lender;
  readonly logger?: Logger | undefined;
}

/** Disposing ends all runs, which are told. */
export interface Resident extends AsyncDisposable {
  /** Of the socket. */
  readonly path: string;
}

/** Runs at once; a browser of their own serves further ones as well. */
const RUNS = 16;
/** Within which a connection says what it wants. */
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
  // Nothing more is read.
  socket.resume();
}

/** Resolves when the run is over and its page closed. */
async function serveLease(
  socket: Socket,
  order: PageOrder,
  berths: Lender,
  pages: Map<string, Duplex>,
): Promise<void> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const over = new AbortController();
  // Nothing more comes but the end.
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
