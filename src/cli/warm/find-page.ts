/** Asks a resident, if there is one, for a page of its browser. */
import { connect } from "node:net";
import type { Socket } from "node:net";
import { Exception, untilAborted, whenAborted } from "#base";
import type { Duplex, Waiting } from "#base";
import { toAbsolute } from "../page-order.ts";
import type { PageOrder, PlacedImages } from "../page-order.ts";
import { openSocketDuplex } from "../socket-duplex.ts";
import { parseAnswer, readLines, writeLine } from "./messages.ts";
import type { Answer, Request } from "./messages.ts";
import { toSocketPath } from "./private-socket.ts";
import { describeFlaw } from "./runtime-folder.ts";

/** A page with its images. Disposing returns it to the resident. */
export interface FoundPage extends PlacedImages, Disposable {
  readonly type: "found";
  /** Carries the connection to its kernel. */
  readonly duplex: Duplex;
  /** Rejects with one sentence when the page, the browser or the resident breaks down; a rejection counts as handled. */
  readonly broken: Promise<never>;
}

/** There is no page: the run starts a browser of its own. */
export interface NoPage {
  readonly type: "none";
  /** The reason, for the user. */
  readonly why: string;
}

export interface FindOptions extends Waiting {
  /** @see chooseRuntimeFolder */
  readonly folder: string | undefined;
  readonly identity: string;
  readonly onConsole?: ((text: string) => void) | undefined;
  /** How long the resident may take for its first answer; 2 s by default. */
  readonly answerMs?: number | undefined;
}

const ANSWER_MS = 2000;
/** As long as a browser may take to start on a busy machine. */
const READY_MS = 30_000;

/**
 * Asks the resident for a page, and makes it load the images.
 *
 * @throws {Exception} when an image cannot be loaded, or the resident goes away.
 */
export async function findPage(
  order: PageOrder,
  { folder, identity, onConsole = () => {}, answerMs = ANSWER_MS, signal }: FindOptions,
): Promise<FoundPage | NoPage> {
  if (folder === undefined) return none(NOBODY);
  const flaw = await describeFlaw(folder);
  if (flaw !== undefined) return none(flaw === "it is not there" ? NOBODY : `${folder}: ${flaw}`);
  const open = (request: Request): Promise<Socket> => openSocket(toSocketPath(folder), request);
  const lease = await open({ identity, open: toAbsolute(order) }).catch(() => undefined);
  if (lease === undefined) return none(NOBODY);
  using stack = new DisposableStack();
  stack.defer(() => lease.destroy());
  if (signal !== undefined) stack.defer(whenAborted(signal, () => lease.destroy()));

  const answers = listen(lease, onConsole);
  const within = async (ms: number): Promise<Answer | undefined> => {
    const timer = Promise.withResolvers<undefined>();
    const timeout = setTimeout(() => timer.resolve(undefined), ms);
    try {
      return await untilAborted(Promise.race([answers.next(), timer.promise]), signal);
    } finally {
      clearTimeout(timeout);
    }
  };
  const welcome = await within(answerMs);
  if (welcome?.type !== "welcome") return none(describe(welcome, "not answered", answerMs));
  const ready = await within(READY_MS);
  if (ready?.type !== "ready") return none(describe(ready, "opened no page", READY_MS));
  const opened = await untilAborted(answers.next(), signal);
  if (opened.type === "failed") throw new Exception(opened.kind, opened.message);
  if (opened.type !== "opened") throw goneAway();
  const { token, images, folders } = opened;
  const socket = await open({ identity, join: token }).catch(() => undefined);
  if (socket === undefined) throw goneAway();
  const duplex = stack.use(openSocketDuplex(socket));
  const owned = stack.move();
  return {
    type: "found",
    images,
    folders,
    duplex,
    broken: answers.broken,
    [Symbol.dispose]: () => owned.dispose(),
  };
}

const NOBODY = "no `ww up --warm` is running";

function describe(answer: Answer | undefined, delayed: string, ms: number): string {
  if (answer?.type === "refused") return answer.why;
  return answer?.type === "broken" ? answer.message : `it has ${delayed} within ${ms / 1000} s`;
}

function none(why: string): NoPage {
  return { type: "none", why };
}

function goneAway(): Exception {
  return new Exception("failed", "The resident browser went away");
}

async function openSocket(path: string, request: Request): Promise<Socket> {
  const socket = connect({ path, allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  // `close` follows.
  socket.on("error", () => undefined);
  writeLine(socket, request);
  return socket;
}

interface Answers {
  /** The next answer in order; after the end, always the last one. */
  next(): Promise<Answer>;
  readonly broken: Promise<never>;
}

function listen(socket: Socket, onConsole: (text: string) => void): Answers {
  const arrived: Answer[] = [];
  const waiting: Array<(answer: Answer) => void> = [];
  let last: Answer | undefined;
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  const deliver = (answer: Answer): void => {
    const next = waiting.shift();
    if (next === undefined) arrived.push(answer);
    else next(answer);
  };
  const end = (message: string): void => {
    if (last !== undefined) return;
    last = { type: "broken", message };
    for (const next of waiting.splice(0)) next(last);
    reject(new Exception("failed", message));
  };
  readLines(socket, (line) => {
    try {
      const answer = parseAnswer(line);
      if (answer.type === "console") onConsole(answer.text);
      else if (answer.type === "broken") end(answer.message);
      else deliver(answer);
    } catch {
      socket.destroy();
    }
  });
  socket.on("end", () => socket.destroy());
  socket.on("close", () => end(goneAway().message));
  return {
    next: () => {
      const answer = arrived.shift() ?? last;
      return answer === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(answer);
    },
    broken,
  };
}
