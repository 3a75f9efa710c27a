import { expect, test } from "vitest";
import { decodeText } from "#base";
import { serve } from "#capnp";
import { createHttpBinding } from "#http";
import { HttpClient } from "#schema";
import { createHttpLoad } from "./http.ts";
import type { PageHttp } from "./http.ts";
import type { Load } from "./load.ts";

interface Bench {
  readonly load: Load<PageHttp>;
  readonly workers: readonly Worker[];
  /** Number of messages sent to the workers. */
  readonly posted: number;
}

function openBench(forward?: string, script?: string): Bench {
  const workers: Worker[] = [];
  let posted = 0;
  const load = createHttpLoad({
    config: async () => ({ forward }),
    spawn() {
      const worker =
        script === undefined
          ? new Worker(new URL("../workers/http.worker.ts", import.meta.url), { type: "module" })
          : new Worker(script, { type: "module" });
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (message: unknown, moved: never) => {
        posted++;
        post(message, moved);
      };
      workers.push(worker);
      return worker;
    },
    nowMs: () => performance.now(),
  });
  return {
    load,
    workers,
    get posted() {
      return posted;
    },
  };
}

async function openClient({ load }: Bench): Promise<HttpClient> {
  const http = await load.get();
  return serve(HttpClient, http.createClient(createHttpBinding({ hosts: [location.origin] })));
}

test("createHttpLoad() sends by a worker that the first request has started", async () => {
  const bench = openBench();
  expect(bench.workers).toHaveLength(0);
  using client = await openClient(bench);
  using second = await openClient(bench);
  const url = `${location.origin}/package.json`;
  for (const each of [client, second]) {
    using answer = await each.get(url, []);
    expect(answer.status).toBe(200);
    expect(decodeText(answer.body)).toContain('"name": "ww"');
  }
  expect(bench.workers).toHaveLength(1);
  await expect(client.get("https://evil.example/", [])).rejects.toThrow(
    "ww-membrane/permission-denied: Cannot GET https://evil.example: the host is not among those that were granted",
  );
});

test("createHttpLoad() says when the forwarder was tried", async () => {
  using client = await openClient(openBench(`${location.origin}/no-forwarder`));
  const failure = client.post(`${location.origin}/`, [], new Uint8Array([1]));
  await expect(failure).rejects.toThrow(
    /^Cannot POST http:\S+ through the forwarder of the local node: it answers with status 404$/,
  );
});

test("createHttpLoad() leaves room in the forwarder for another client", async () => {
  const silent = URL.createObjectURL(new Blob([""]));
  const bench = openBench(`${location.origin}/forward`, silent);
  using busy = await openClient(bench);
  using other = await openClient(bench);
  const stop = new AbortController();
  const get = (client: HttpClient): Promise<unknown> =>
    client.get(`${location.origin}/`, [], { signal: stop.signal }).catch(() => undefined);
  const first = Array.from({ length: 4 }, () => get(busy));
  await expect.poll(() => bench.posted).toBe(2);
  const second = get(other);
  await expect.poll(() => bench.posted).toBe(3);
  stop.abort();
  await Promise.all([...first, second]);
});

test("createHttpLoad() starts another worker after one has failed", async () => {
  const script = URL.createObjectURL(new Blob(["throw new Error('broken')"]));
  const bench = openBench(undefined, script);
  using client = await openClient(bench);
  for (let time = 0; time < 2; time++) {
    const failure = client.get(`${location.origin}/`, []);
    await expect(failure).rejects.toMatchObject({ kind: "disconnected" });
  }
  expect(bench.workers).toHaveLength(2);
});

test("createHttpLoad() ends a request with its call", async () => {
  using client = await openClient(openBench());
  const stop = new AbortController();
  const getting = client.get(`${location.origin}/package.json`, [], { signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(getting).rejects.toThrow("enough");
});
