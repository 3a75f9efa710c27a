/** A trustless gateway over a blockstore: raw blocks and CARs at `/ipfs/<cid>`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseCid, toMessage } from "#base";
import { createBlockSource } from "#image";
import type { ReadableBlockstore } from "#image";
import type { CID } from "multiformats/cid";
import { createCarPlans, encodePlan } from "./car-plan.ts";

/** Answers one request; never throws. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, OPTIONS",
  "access-control-allow-headers": "Accept, Cache-Control, Content-Type, If-None-Match, Range",
  "access-control-expose-headers":
    "Content-Length, Content-Type, ETag, X-Content-Type-Options, X-Ipfs-Path, X-Ipfs-Roots",
  "cross-origin-resource-policy": "cross-origin",
  "x-content-type-options": "nosniff",
  vary: "Accept",
};

const TYPES = {
  raw: "application/vnd.ipld.raw",
  car: "application/vnd.ipld.car; version=1; order=dfs; dups=n",
};

type Format = keyof typeof TYPES;

interface Wanted {
  readonly cid: CID;
  readonly format: Format;
  readonly scope: "all" | "block";
}

/** The body of a response, built while it is read. */
interface Body {
  /** `undefined` if only reading the body would tell. */
  readonly lengthBytes: number | undefined;
  read(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/**
 * A handler for the paths below `/ipfs/`.
 *
 * Nothing may be removed from the store. Serves blocks (`?format=raw`) and whole DAGs (`?format=car`, with `dag-scope`
 * `all` or `block`), or the same by `Accept`. Other requests get a status and one sentence: 400 not a CID, 404 not here,
 * 405 not a reading method, 406 another format.
 *
 * @see https://specs.ipfs.tech/http-gateways/trustless-gateway/
 */
export function createGatewayHandler(blockstore: ReadableBlockstore): RequestHandler {
  const blocks = createBlockSource(blockstore);
  const plans = createCarPlans(blocks);
  return async (request, response) => {
    if (request.method === "OPTIONS") {
      response.writeHead(204, { ...COMMON_HEADERS, "access-control-max-age": "86400" }).end();
      return;
    }
    const refuse = ({ status, reason }: Refusal): void => {
      const body = `${reason}\n`;
      response.writeHead(status, {
        ...COMMON_HEADERS,
        ...(status === 405 && { allow: "GET, HEAD, OPTIONS" }),
        "cache-control": "no-store",
        "content-type": "text/plain; charset=utf-8",
        "content-length": Buffer.byteLength(body),
      });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    if (request.method !== "GET" && request.method !== "HEAD") {
      refuse({
        status: 405,
        reason: `This gateway is read with GET or HEAD, not ${request.method}`,
      });
      return;
    }
    const wanted = readRequest(request);
    if ("status" in wanted) {
      refuse(wanted);
      return;
    }

    const name = wanted.cid.toString();
    const etag = wanted.format === "raw" ? `"${name}.raw"` : `"${name}.car.${wanted.scope}.dfs"`;
    const headers = {
      ...COMMON_HEADERS,
      "cache-control": "public, max-age=29030400, immutable",
      etag,
      "x-ipfs-path": `/ipfs/${name}`,
      "x-ipfs-roots": name,
    };
    if (request.headers["if-none-match"]?.includes(etag) === true) {
      response.writeHead(304, headers).end();
      return;
    }
    try {
      const isHead = request.method === "HEAD";
      const body = await openBody(wanted, isHead);
      response.writeHead(200, {
        ...headers,
        "content-type": TYPES[wanted.format],
        ...(body.lengthBytes !== undefined && { "content-length": body.lengthBytes }),
        "content-disposition": `attachment; filename="${name}.${wanted.format === "raw" ? "bin" : "car"}"`,
      });
      if (isHead) {
        response.end();
        return;
      }
      // At most one piece is built ahead of the client; a client that goes away ends the stream.
      const pieces = Readable.from(body.read(), { highWaterMark: 1 });
      await pipeline(pieces, response).catch(() => response.destroy());
    } catch (reason) {
      refuse({ status: 404, reason: `${toMessage(reason)} on this gateway` });
    }
  };

  /** A HEAD request walks no DAG: a CAR's length is given only if it is known. */
  async function openBody({ cid, format, scope }: Wanted, isHead: boolean): Promise<Body> {
    if (format === "raw") {
      const bytes = await blocks.get(cid);
      return { lengthBytes: bytes.length, read: () => [bytes] };
    }
    if (isHead) {
      await blocks.get(cid);
      return { lengthBytes: plans.knownLength(cid, scope), read: () => [] };
    }
    const plan = await plans.plan(cid, scope);
    return { lengthBytes: plan.lengthBytes, read: () => encodePlan(plan, blocks) };
  }
}

function readRequest(request: IncomingMessage): Wanted | Refusal {
  const url = new URL(request.url ?? "/", "http://gateway");
  const [, , name = "", ...below] = url.pathname.split("/");
  let cid: CID;
  try {
    cid = parseCid(name);
  } catch {
    return { status: 400, reason: `Not a CID: "${name}"` };
  }
  if (below.some((part) => part !== "")) {
    return {
      status: 400,
      reason: "This gateway serves blocks and CARs: leave out the path after the CID",
    };
  }
  const format = readFormat(url.searchParams.get("format"), request.headers.accept ?? "");
  if (format === undefined) {
    return {
      status: 406,
      reason: `This gateway gives blocks (?format=raw) and CARs (?format=car); to run an image, open /#/ipfs/${name}`,
    };
  }
  const scope = url.searchParams.get("dag-scope") ?? "all";
  if (scope !== "all" && scope !== "block") {
    return { status: 400, reason: `This gateway knows dag-scope all and block, not "${scope}"` };
  }
  return { cid, format, scope };
}

function readFormat(parameter: string | null, accept: string): Format | undefined {
  if (parameter !== null) return parameter === "raw" || parameter === "car" ? parameter : undefined;
  if (accept.includes("application/vnd.ipld.raw")) return "raw";
  const car = /application\/vnd\.ipld\.car([^,]*)/.exec(accept);
  return car !== null && !/version=[^1]/.test(car[1] ?? "") ? "car" : undefined;
}
