import { expect, test } from "vitest";
import type { Exception } from "#base";
import { dup, serve } from "#capnp";
import { connect, createMemoryTransports } from "#rpc";
import { HttpClient } from "#schema";
import { serveHttpClient } from "./http-client.ts";
import type { BoundHttp } from "./powers.ts";

type Sends = BoundHttp["send"];
const OK = { type: "response", status: 200, headers: [], body: new Uint8Array([1, 2]) } as const;
const NO_QUOTA = { calls: Infinity, rate: undefined };

interface Bench extends Disposable {
  readonly client: HttpClient;
  readonly time: { nowMs: number };
}

/** A client in another vat. */
function openBench(send: Sends, quota: BoundHttp["quota"] = NO_QUOTA): Bench {
  const [near, far] = createMemoryTransports();
  const time = { nowMs: 0 };
  const clock = { nowMs: () => time.nowMs };
  using bootstrap = serve(HttpClient, serveHttpClient({ quota, send }, clock));
  const serving = connect(near, { bootstrap });
  const calling = connect(far);
  return {
    client: calling.bootstrap(HttpClient),
    time,
    [Symbol.dispose]() {
      calling[Symbol.dispose]();
      serving[Symbol.dispose]();
    },
  };
}

test("serveHttpClient() passes requests on, and gives answers", async () => {
  const requests: unknown[] = [];
  using bench = openBench(async (request) => {
    requests.push(structuredClone(request));
    return { ...OK, headers: [{ name: "x", value: "y" }] };
  });
  const { client } = bench;
  const headers = [{ name: "a", value: "b" }];
  using got = await client.get("https://api.example/", headers);
  expect([got.status, got.headers, got.body.slice()]).toEqual([
    200,
    [{ name: "x", value: "y" }],
    OK.body,
  ]);
  using posted = await client.post("https://api.example/", headers, new Uint8Array([3]));
  expect(posted.status).toBe(200);
  expect(requests).toEqual([
    { method: "GET", url: "https://api.example/", headers },
    { method: "POST", url: "https://api.example/", headers, body: new Uint8Array([3]) },
  ]);
});

test("serveHttpClient() refuses as denied what the binding refuses, and goes on", async () => {
  const outcomes = [{ type: "refused", reason: "Cannot GET: no" } as const, OK];
  using bench = openBench(async () => outcomes.shift() ?? OK);
  const refused = (await bench.client.get("", []).catch((reason: unknown) => reason)) as Exception;
  expect(refused.kind).toBe("failed");
  expect(refused.message).toBe("ww-membrane/permission-denied: Cannot GET: no");
  using answer = await bench.client.get("", []);
  expect(answer.status).toBe(200);
});

test("serveHttpClient() tells by the kind what a caller can do about a failure", async () => {
  using bench = openBench(async () => ({ type: "failed", kind: "overloaded", reason: "Later" }));
  await expect(bench.client.get("", [])).rejects.toMatchObject({
    kind: "overloaded",
    message: "Later",
  });
});

test("serveHttpClient() counts calls and rates, for all clients of it together", async () => {
  using counted = openBench(async () => OK, { calls: 2, rate: undefined });
  const second = dup(counted.client);
  await counted.client.get("", []);
  await second.get("", []);
  await expect(second.get("", [])).rejects.toThrow(
    'ww-membrane/permission-denied: Cannot GET: the limit "calls" is reached',
  );
  second[Symbol.dispose]();

  using rated = openBench(async () => OK, { calls: Infinity, rate: { calls: 1, perMs: 1000 } });
  await rated.client.get("", []);
  await expect(rated.client.post("", [], new Uint8Array())).rejects.toThrow(
    'ww-membrane/permission-denied: Cannot POST: the limit "rate" is reached',
  );
  rated.time.nowMs = 1000;
  await rated.client.get("", []);
});

test("serveHttpClient() cancels the request with the call", async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  using bench = openBench((_request, { signal } = {}) => {
    if (signal !== undefined) begun.resolve(signal);
    return new Promise(() => undefined);
  });
  const stop = new AbortController();
  const calling = bench.client
    .get("", [], { signal: stop.signal })
    .catch((reason: unknown) => reason);
  const signal = await begun.promise;
  const cancelled = new Promise((resolve) => signal.addEventListener("abort", resolve));
  stop.abort(new Error("enough"));
  expect(await calling).toMatchObject({ message: "enough" });
  await cancelled;
});
