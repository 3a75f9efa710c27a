/** Serves records of names at `/ipns/<key>` to any client, and accepts a newer valid record from any client. */
import type { IncomingMessage } from "node:http";
import { concatBytes, toException, toMessage } from "#base";
import { parseImageName } from "#image";
import { isOlder, LIMIT_RECORD_BYTES, openRecord, RECORD_TYPE, selectRecord } from "#net";
import type { NameStore } from "#net";
import type { CID } from "multiformats/cid";
import { COMMON_HEADERS } from "./gateway.ts";
import type { RequestHandler } from "./gateway.ts";

interface Answer {
  readonly status: number;
  /** A sentence as text, or a record as bytes. */
  readonly body: string | Uint8Array;
}

const METHODS = "GET, HEAD, PUT, OPTIONS";

/**
 * A handler for the paths below `/ipns/`; `onChanged` is called with each name whose record was replaced by a newer one.
 *
 * `GET` (with `?format=ipns-record`, or by `Accept`) gives the newest valid record. `PUT` keeps a record and gives 204, or
 * 400 for one that is not valid, 409 for one that is older than the kept one or contradicts it, 413 for more than 10 KiB,
 * and 507 if no further name can be kept.
 *
 * @see https://specs.ipfs.tech/http-gateways/trustless-gateway/
 */
export function createNameHandler(
  store: NameStore,
  onChanged: (key: CID) => void = () => undefined,
): RequestHandler {
  const get = async (key: CID): Promise<Answer> => {
    const known = await store.get(key);
    if (known === undefined) return { status: 404, body: "This node has no record of this name" };
    try {
      return { status: 200, body: (await openRecord(key, known.bytes)).bytes };
    } catch (reason) {
      return { status: 404, body: `This node has only ${toMessage(reason)}` };
    }
  };
  const put = async (key: CID, request: IncomingMessage): Promise<Answer> => {
    const bytes = await readBody(request);
    if (bytes === undefined) return { status: 413, body: "A record has at most 10 KiB" };
    let record;
    try {
      record = await openRecord(key, bytes);
    } catch (reason) {
      return { status: 400, body: `This is ${toMessage(reason)}` };
    }
    const known = await store.get(key);
    // A record with the same sequence may be valid for longer.
    const best = known === undefined ? record : await selectRecord([known, record]);
    const newest = best === record ? await store.keep(key, record) : best;
    if (!isOlder(record, newest)) {
      if (known?.sequence !== newest.sequence) onChanged(key);
      return { status: 204, body: "" };
    }
    const state = `${record.sequence}, and ${newest.sequence} was published`;
    return { status: 409, body: `This record is not newer: its sequence is ${state}` };
  };

  return async (request, response) => {
    const answer = await answerName(request, get, put);
    const { status, body } = answer;
    const isRecord = body instanceof Uint8Array;
    const bytes = isRecord ? body : Buffer.from(body === "" ? "" : `${body}\n`);
    response.writeHead(status, {
      ...COMMON_HEADERS,
      "access-control-allow-methods": METHODS,
      ...(status === 405 && { allow: METHODS }),
      // The name may lead elsewhere at any time.
      "cache-control": "no-store",
      "content-type": isRecord ? RECORD_TYPE : "text/plain; charset=utf-8",
      ...(status !== 204 && { "content-length": bytes.length }),
      // The rest of a refused body is not read.
      ...(status === 413 && { connection: "close" }),
    });
    response.end(request.method === "HEAD" || status === 204 ? undefined : bytes);
  };
}

async function answerName(
  request: IncomingMessage,
  get: (key: CID) => Promise<Answer>,
  put: (key: CID, request: IncomingMessage) => Promise<Answer>,
): Promise<Answer> {
  const { method = "GET", headers } = request;
  if (method === "OPTIONS") return { status: 204, body: "" };
  if (method !== "GET" && method !== "HEAD" && method !== "PUT") {
    return { status: 405, body: `Names are read with GET or HEAD and set with PUT, not ${method}` };
  }
  const url = new URL(request.url ?? "/", "http://gateway");
  const name = parseImageName(url.pathname);
  if (name.type !== "mutable" || name.program !== undefined) {
    const body =
      name.type === "unreadable" ? name.reason : "Only a name has a record, no path below it";
    return { status: 400, body };
  }
  try {
    if (method === "PUT") return await put(name.key, request);
    const format = url.searchParams.get("format");
    const isWanted =
      format === null ? headers.accept?.includes(RECORD_TYPE) === true : format === "ipns-record";
    if (isWanted) return await get(name.key);
    return {
      status: 406,
      body: `This gateway gives records (?format=ipns-record) of names; to run an image, open /#${name.path}`,
    };
  } catch (reason) {
    const status = toException(reason).kind === "overloaded" ? 507 : 500;
    return { status, body: toMessage(reason) };
  }
}

/** `undefined` when it is larger than a record may be; the rest is not read. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LIMIT_RECORD_BYTES) return undefined;
    parts.push(part);
  }
  // Copied: a view would keep the buffers around it in memory.
  return new Uint8Array(concatBytes(parts));
}
