/** Requests to servers as a capability. @see capnp/common/http.capnp HttpClient */
import { concatBytes, Exception, HTTP_LIMITS } from "#base";
import type { Waiting } from "#base";
import { isNull } from "#capnp";
import type { ByteStream, Header, HttpClientServer } from "#schema";
import { readPieces, servePieces } from "./byte-stream.ts";
import { Meter } from "./meter.ts";
import type { Clock } from "./meter.ts";
import type { BoundHttp } from "./powers.ts";
import { createRefusal } from "./refusal.ts";

/** Serves an HTTP client that is bound to servers. Its clients share one count of calls. */
export function serveHttpClient(http: BoundHttp, clock: Clock): HttpClientServer {
  const { calls, rate } = http.quota;
  const meter = new Meter({ calls, ...(rate !== undefined && { rate }) }, clock);
  type Request = Parameters<BoundHttp["send"]>[0];
  const send = async (request: Request, { signal }: Waiting): Promise<Answer> => {
    const limit = meter.findLimit(0);
    if (limit !== undefined) {
      throw createRefusal("denied", `Cannot ${request.method}: the limit "${limit}" is reached`);
    }
    meter.charge(0);
    const outcome = await http.send(request, { signal });
    switch (outcome.type) {
      case "response":
        return outcome;
      case "refused":
        throw createRefusal("denied", outcome.reason);
      case "failed":
        throw new Exception(outcome.kind, outcome.reason);
      default:
        return outcome satisfies never;
    }
  };
  return {
    get: (url, headers, context) => send({ method: "GET", url, headers }, context),
    post: (url, headers, body, context) => send({ method: "POST", url, headers, body }, context),
    async request(method, url, headers, body, context) {
      if (method !== "GET" && method !== "POST") {
        throw createRefusal(
          "denied",
          "Cannot send the request: its method is neither GET nor POST",
        );
      }
      // An HTTP client returns its answer as a whole, and takes its body as a whole.
      const sent = isNull(body) ? undefined : await gather(body, context);
      const plain = { method, url, headers } as const;
      const answer = await send(method === "POST" ? { ...plain, body: sent } : plain, context);
      return { ...answer, body: servePieces(once(answer.body)) };
    },
  };
}

/** @throws {Exception} `denied`, when the body is longer than any HTTP client accepts */
async function gather(body: ByteStream, { signal }: Waiting): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of readPieces(body, undefined, { signal })) {
    length += piece.length;
    if (length > HTTP_LIMITS.bodyBytes) {
      throw createRefusal(
        "denied",
        `Cannot POST: the body is longer than ${HTTP_LIMITS.bodyBytes} bytes`,
      );
    }
    parts.push(piece.slice());
  }
  return concatBytes(parts);
}

// oxlint-disable-next-line typescript/require-await -- consumers need an async iterable
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

interface Answer {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}
