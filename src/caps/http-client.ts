/** Requests to servers as a capability. @see capnp/common/http.capnp HttpClient */
import { Exception } from "#base";
import type { Waiting } from "#base";
import type { Header, HttpClientServer } from "#schema";
import { Meter } from "./meter.ts";
import type { Clock } from "./meter.ts";
import type { BoundHttp } from "./powers.ts";
import { createRefusal } from "./refusal.ts";

/** Serves a client that is bound to servers; its calls are counted here, however many clients of it there are. */
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
  };
}

interface Answer {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}
