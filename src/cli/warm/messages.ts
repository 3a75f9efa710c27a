/**
 * The messages between `ww run` and a resident: each is one line of JSON on the resident's socket.
 *
 * The first connection of a run is its lease: it carries the order and the answers, and the run ends when either side closes
 * it. The second carries one line, then the bytes of the Owner's connection to the page.
 */
import type { Socket } from "node:net";
import { Exception, readField } from "#base";
import type { ExceptionKind } from "#base";
import type { PageOrder } from "../page-order.ts";

export type Request = { readonly identity: string } & (
  | { readonly open: PageOrder }
  /** The token of an `opened`. */
  | { readonly join: string }
);

export type Answer =
  /** The resident is of the same build, and has room. */
  | { readonly type: "welcome" }
  /** The run starts its own browser. */
  | { readonly type: "refused"; readonly why: string }
  /** There is a page; the images are loaded next, in a time that depends on their size. */
  | { readonly type: "ready" }
  | {
      readonly type: "opened";
      readonly token: string;
      readonly images: readonly string[];
      readonly folders: readonly string[];
    }
  /** The order cannot be carried out; a browser of the run's own would not help. */
  | { readonly type: "failed"; readonly kind: ExceptionKind; readonly message: string }
  | { readonly type: "console"; readonly text: string }
  | { readonly type: "broken"; readonly message: string };

/** Limit of a line. */
const LIMIT_BYTES = 1024 * 1024;

/** @throws {Exception} `failed` when the line is not a request. Its order is not validated, so check its identity first. */
export function parseRequest(line: string): Request {
  const value = parseLine(line);
  const isRequest =
    typeof readField(value, "identity") === "string" &&
    (typeof readField(value, "join") === "string" || isObject(readField(value, "open")));
  if (!isRequest) throw new Exception("failed", "Not a request of ww run");
  return value as Request;
}

/** @throws {Exception} `failed` when the line is not an answer. */
export function parseAnswer(line: string): Answer {
  const value = parseLine(line);
  if (typeof readField(value, "type") === "string") return value as Answer;
  throw new Exception("failed", "It does not answer as a resident does");
}

export function writeLine(socket: Socket, message: Request | Answer): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** Calls back with each line that arrives. A line that is too long cuts the socket. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  const splitter = createSplitter(socket);
  socket.on("data", (bytes: Buffer) => {
    for (let line = splitter.take(bytes); line !== undefined; line = splitter.take()) onLine(line);
  });
}

/** Calls back with the first line. The bytes after it stay in the socket, which is paused. */
export function readFirstLine(socket: Socket, onLine: (line: string) => void): void {
  const splitter = createSplitter(socket);
  const receive = (bytes: Buffer): void => {
    const line = splitter.take(bytes);
    if (line === undefined) return;
    socket.off("data", receive);
    socket.pause();
    if (splitter.rest.length > 0) socket.unshift(splitter.rest);
    onLine(line);
  };
  socket.on("data", receive);
}

interface Splitter {
  /** Appends bytes, and takes the next complete line if there is one. */
  take(bytes?: Buffer): string | undefined;
  /** Bytes that have arrived after the last taken line. */
  readonly rest: Buffer;
}

function createSplitter(socket: Socket): Splitter {
  let rest: Buffer = Buffer.alloc(0);
  return {
    take(bytes) {
      if (bytes !== undefined) rest = Buffer.concat([rest, bytes]);
      const at = rest.indexOf("\n");
      if (at === -1) {
        if (rest.length > LIMIT_BYTES) socket.destroy();
        return undefined;
      }
      const line = rest.toString("utf8", 0, at);
      rest = rest.subarray(at + 1);
      return line;
    },
    get rest() {
      return rest;
    },
  };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
