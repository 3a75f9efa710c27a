/** Requests to cells that answer one at a time: which wait, which are refused, and which fail with their cell. */
import { afterEach, describe, expect, test } from "vitest";
import { createDuplexPair, decodeText, encodeText, Exception, HttpChannel } from "#base";
import type { HttpExchange } from "#base";
import { isNull, serve } from "#capnp";
import type { Init, Results } from "#capnp";
import { ByteStream, HttpHandler } from "#schema";
import type { HttpRequest, HttpResponse } from "#schema";
import { readContent, servePieces } from "#caps";
import { createHandlerPool } from "./handler-pool.ts";
import type { HandlerCell, HandlerPool, HandlerPoolOptions } from "./handler-pool.ts";

type Answer = (exchange: HttpExchange, cell: { die(): void }) => Promise<void>;

interface Bench {
  readonly pool: HandlerPool;
  readonly handler: HttpHandler;
  /** Number of cells that were started, and of those alive. */
  readonly counts: { started: number; live: number };
}

const open: Disposable[] = [];
afterEach(() => {
  for (const resource of open.splice(0)) resource[Symbol.dispose]();
});

/** A pool of cells in this thread that answer by calling the function. */
function start(answer: Answer, options: Partial<HandlerPoolOptions> = {}): Bench {
  const counts = { started: 0, live: 0 };
  const pool = createHandlerPool({
    name: "page",
    async start() {
      counts.started++;
      counts.live++;
      return startCell(answer, () => void counts.live--);
    },
    ...options,
  });
  const handler = serve(HttpHandler, pool.server);
  open.push(handler, pool);
  return { pool, handler, counts };
}

function startCell(answer: Answer, ended: () => void): HandlerCell {
  const [near, far] = createDuplexPair(64 * 1024);
  const host = new HttpChannel(near, { side: "host", openLimit: 0 });
  const cell = new HttpChannel(far, { side: "cell", openLimit: 1 });
  const { promise: exited, resolve } = Promise.withResolvers<void>();
  const die = (): void => {
    if (cell.failure !== undefined) return;
    cell[Symbol.dispose]();
    ended();
    resolve();
  };
  const self = { die };
  const run = async (): Promise<void> => {
    while (cell.failure === undefined) {
      const exchange = cell.takeRequest();
      if (exchange === undefined) {
        await cell.arrived.wait();
        continue;
      }
      await answer(exchange, self);
      exchange.done();
    }
  };
  for (const channel of [host, cell]) void channel.run();
  void run();
  return { channel: host, exited, kill: die };
}

const hello: Answer = async (exchange) => {
  exchange.respond({ status: 200, headers: [{ name: "x-path", value: exchange.request.path }] });
  await exchange.sink.write(encodeText("hello"));
  exchange.finish([{ name: "x-last", value: "1" }]);
};
const never: Answer = (exchange) => untilOver(exchange);

async function untilOver(exchange: HttpExchange): Promise<void> {
  while (exchange.failure === undefined) await exchange.changed.wait();
}

const REQUEST: Init<HttpRequest> = { method: "GET", path: "/a", authority: "h", scheme: "http" };

async function ask(
  { handler }: Pick<Bench, "handler">,
  request: Init<HttpRequest> = REQUEST,
  signal?: AbortSignal,
): Promise<{ status: number; text: string; response: HttpResponse }> {
  const results = await handler.handle(request, { signal });
  open.push(results);
  return { ...(await readResponse(results)), response: results.response };
}

async function readResponse({
  response,
}: Results<{ readonly response: HttpResponse }>): Promise<{ status: number; text: string }> {
  let text = "";
  for await (const piece of readContent(response)) text += decodeText(piece);
  return { status: response.status, text };
}

describe("a pool of cells", () => {
  test("answers one request after the other with one cell, with headers and trailers", async () => {
    const bench = start(hello);
    for (let count = 0; count < 5; count++) {
      const { status, text, response } = await ask(bench);
      expect([status, text]).toEqual([200, "hello"]);
      expect(response.headers).toEqual([{ name: "x-path", value: "/a" }]);
      expect((await response.trailers.read()).trailers).toEqual([{ name: "x-last", value: "1" }]);
    }
    expect(bench.counts.started).toBe(1);
  });

  test("answers with all of a short body at once, and with what there is of one that goes on", async () => {
    const gate = Promise.withResolvers<void>();
    const bench = start(async (exchange) => {
      exchange.respond({ status: 200, headers: [] });
      for (const part of ["hel", "lo"]) await exchange.sink.write(encodeText(part));
      if (exchange.request.path === "/long") {
        await gate.promise;
        await exchange.sink.write(encodeText(" world"));
      }
      exchange.finish();
    });
    using short = await bench.handler.handle(REQUEST);
    expect(decodeText(short.response.content)).toBe("hello");
    expect([isNull(short.response.body), isNull(short.response.trailers)]).toEqual([true, true]);
    using long = await bench.handler.handle({ ...REQUEST, path: "/long" });
    expect(decodeText(long.response.content)).toBe("hello");
    gate.resolve();
    expect((await readResponse(long)).text).toBe("hello world");
  });

  test("starts at most four, and lets others wait for their turn", async () => {
    const gate = Promise.withResolvers<void>();
    const bench = start(async (exchange) => {
      await gate.promise;
      await hello(exchange, { die() {} });
    });
    const asked = Array.from({ length: 20 }, () => ask(bench));
    await expect.poll(() => bench.counts.started).toBe(4);
    gate.resolve();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(bench.counts.started).toBe(4);
  });

  test("refuses what is beyond those that wait, with 503, and goes on", async () => {
    const gate = Promise.withResolvers<void>();
    const bench = start(
      async (exchange) => {
        await gate.promise;
        await hello(exchange, { die() {} });
      },
      { limits: { waiting: 3 } },
    );
    const first = Array.from({ length: 4 }, () => ask(bench));
    await expect.poll(() => bench.counts.started).toBe(4);
    const more = Array.from({ length: 10 }, () => ask(bench));
    const refused = await Promise.any(more);
    expect(refused).toMatchObject({ status: 503, text: 'Cell "page" is busy\n' });
    gate.resolve();
    const statuses = (await Promise.all([...first, ...more])).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(7);
  });

  test("answers 503 to who waits for too long", async () => {
    const bench = start(never, { limits: { waitMs: 20 } });
    const stop = new AbortController();
    const busy = Array.from({ length: 4 }, () => ask(bench, REQUEST, stop.signal));
    await expect.poll(() => bench.counts.started).toBe(4);
    expect(await ask(bench)).toMatchObject({ status: 503 });
    stop.abort(new Error("enough"));
    expect((await Promise.allSettled(busy)).map(({ status }) => status)).toEqual(
      Array(4).fill("rejected"),
    );
  });

  test("answers 502 for a cell that ends, with its name and nothing else, and starts another one", async () => {
    let isBad = true;
    const bench = start(async (exchange, cell) => {
      if (isBad) return cell.die();
      await hello(exchange, cell);
    });
    const { status, text, response } = await ask(bench);
    expect([status, text]).toEqual([502, 'Cell "page" did not answer the request\n']);
    expect(response.headers.map(({ name }) => name)).toEqual(["content-type", "content-length"]);
    isBad = false;
    expect(await ask(bench)).toMatchObject({ status: 200 });
    expect(bench.counts).toEqual({ started: 2, live: 1 });
  });

  test("asks a fresh cell what one leaves unanswered that can answer only once, and then always", async () => {
    const answered = new WeakSet<object>();
    const bench = start(async (exchange, cell) => {
      if (answered.has(cell)) return;
      answered.add(cell);
      await hello(exchange, cell);
    });
    for (let count = 1; count <= 4; count++) {
      expect(await ask(bench)).toMatchObject({ status: 200, text: "hello" });
      await expect.poll(() => bench.counts.started).toBe(count);
    }
    await expect.poll(() => bench.counts.live).toBe(0);
  });

  test("asks no other cell what may be done once only, or what none answers", async () => {
    let asked = 0;
    const bench = start(async (exchange, cell) => {
      if (exchange.request.path === "/a") return hello(exchange, cell);
      asked++;
    });
    await ask(bench);
    expect(await ask(bench, { ...REQUEST, method: "POST", path: "/b" })).toMatchObject({
      status: 502,
    });
    expect(asked).toBe(1);
    expect(await ask(bench, { ...REQUEST, path: "/b" })).toMatchObject({ status: 502 });
    expect(asked).toBe(3);
    // A request that no cell answers does not show that cells answer only once.
    const { started } = bench.counts;
    for (let count = 0; count < 3; count++) await ask(bench);
    expect(bench.counts.started).toBe(started);
  });

  test("answers 502 when a cell cannot be started, and 503 when there is no room for it", async () => {
    expect(await ask(failing("failed"))).toMatchObject({
      status: 502,
      text: 'Cell "page" cannot answer requests\n',
    });
    expect(await ask(failing("overloaded"))).toMatchObject({
      status: 503,
      text: 'Cell "page" is busy\n',
    });
  });

  test("answers 504 for a cell that never does, and kills it if it does not give up", async () => {
    const bench = start(() => new Promise(() => undefined), {
      limits: { headMs: 20, graceMs: 20 },
    });
    expect(await ask(bench)).toMatchObject({
      status: 504,
      text: 'Cell "page" did not answer in 0.02 s\n',
    });
    await expect.poll(() => bench.counts).toEqual({ started: 1, live: 0 });
    expect(bench.pool.size).toBe(0);
  });

  test("tells the cell when who asked has given up, before the head and after it", async () => {
    const seen: (string | undefined)[] = [];
    const bench = start(async (exchange) => {
      if (exchange.request.path === "/late") exchange.respond({ status: 200, headers: [] });
      await untilOver(exchange);
      seen.push(exchange.failure);
    });
    const stop = new AbortController();
    const asked = ask(bench, REQUEST, stop.signal);
    await expect.poll(() => bench.counts.started).toBe(1);
    stop.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    await expect.poll(() => seen).toHaveLength(1);
    const results = await bench.handler.handle({ ...REQUEST, path: "/late" });
    results[Symbol.dispose]();
    await expect.poll(() => seen).toEqual(["connection-terminated", "connection-terminated"]);
    expect(bench.counts).toEqual({ started: 1, live: 1 });
  });

  test("passes a body on as it comes, and cuts it where its sender fails", async () => {
    const seen: string[] = [];
    const bench = start(async (exchange) => {
      try {
        for (let bytes; (bytes = await exchange.source.read(100)) !== undefined;) {
          seen.push(decodeText(bytes));
        }
        await hello(exchange, { die() {} });
      } catch {
        seen.push("cut");
      }
    });
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield encodeText("one");
      await expect.poll(() => seen).toEqual(["one"]);
      throw new Exception("disconnected", "The sender is gone");
    }
    using body = serve(ByteStream, servePieces(pieces()));
    expect(await ask(bench, { ...REQUEST, method: "POST", body })).toMatchObject({ status: 502 });
    expect(seen).toEqual(["one", "cut"]);
  });

  test("needs not read a body that never ends", async () => {
    const bench = start(hello);
    using body = serve(ByteStream, servePieces(endless()));
    expect(await ask(bench, { ...REQUEST, method: "POST", body })).toMatchObject({ status: 200 });
    expect(await ask(bench)).toMatchObject({ status: 200 });
    expect(bench.counts.started).toBe(1);
  });

  test.each<[string, Init<HttpRequest>]>([
    ["headers of 64 KiB", { headers: [{ name: "a", value: "b".repeat(65_536) }] }],
    ["a line end in a header", { headers: [{ name: "a", value: "b\r\nc: d" }] }],
    ["a name that is none", { headers: [{ name: "a b", value: "" }] }],
    ["a character that is no byte", { headers: [{ name: "a", value: "\u20ac" }] }],
    ["a line end in the path", { path: "/a HTTP/1.1\r\nx: y" }],
    ["a path without a slash", { path: "a" }],
    ["a method that is none", { method: "GET /" }],
    ["an authority that is none", { authority: "a/b" }],
  ])("answers 400 to %s, which no cell sees", async (_, wrong) => {
    const bench = start(hello);
    expect(await ask(bench, { ...REQUEST, ...wrong })).toMatchObject({ status: 400 });
    expect(bench.counts.started).toBe(0);
  });

  test("passes on nothing that speaks of one connection", async () => {
    const bench = start(async (exchange) => {
      exchange.respond({
        status: 200,
        headers: [...exchange.request.headers, { name: "Connection", value: "close" }],
      });
      exchange.finish();
    });
    const headers = ["connection", "Transfer-Encoding", "upgrade", "x-kept"].map((name) => ({
      name,
      value: "x",
    }));
    const { response } = await ask(bench, { ...REQUEST, headers });
    expect(response.headers).toEqual([{ name: "x-kept", value: "x" }]);
  });
});

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(10_000);
}

function failing(kind: "failed" | "overloaded"): Bench {
  return start(hello, { start: () => Promise.reject(new Exception(kind, "a secret")) });
}
