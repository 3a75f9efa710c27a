/** A C program that answers and sends HTTP requests in its cell, in both modes. */
import { decodeText, encodeText, HttpChannel, readAll } from "#base";
import type { HttpExchange, HttpRequestHead } from "#base";
import { beforeAll, describe, expect, test } from "vitest";
import { MODES, startBench } from "./bench.testing.ts";
import { command, RETURNS_OK } from "./guests.testing.ts";
import type { Cell } from "./cell.ts";

const MIB = 1024 * 1024;

let component: Uint8Array;
beforeAll(async () => {
  const response = await fetch("/images/http-c/bin/main.wasm");
  component = new Uint8Array(await response.arrayBuffer());
});

interface Opened extends AsyncDisposable {
  readonly cell: Cell;
  readonly channel: HttpChannel;
  ask(path: string, head?: Partial<HttpRequestHead>): HttpExchange;
}

async function until(exchange: HttpExchange, isSo: () => boolean): Promise<void> {
  while (!isSo()) await exchange.changed.wait();
}

async function readText(exchange: HttpExchange): Promise<string> {
  return decodeText(await readAll(exchange.source, 8 * MIB));
}

describe.each(MODES)("in a cell that waits by %s,", (mode) => {
  const bench = startBench(mode);

  const open = async (asks = false): Promise<Opened> => {
    const cell = await bench.start(component, { http: { serves: true, asks } });
    const channel = new HttpChannel(cell.http!, { side: "host", openLimit: 32 });
    void channel.run();
    return {
      cell,
      channel,
      ask: (path, head = {}) =>
        channel.request({
          method: "GET",
          scheme: "http",
          authority: "c.localhost",
          path,
          headers: [],
          ...head,
        }),
      async [Symbol.asyncDispose]() {
        channel[Symbol.dispose]();
        await cell[Symbol.asyncDispose]();
      },
    };
  };

  test("startCell() serves one request after the other with one instance", async () => {
    await using opened = await open();
    for (const count of ["1", "2", "3"]) {
      const exchange = opened.ask("/count");
      exchange.finish();
      expect(await readText(exchange)).toBe(count);
      expect(exchange.response).toEqual({ status: 200, headers: [] });
      await until(exchange, () => exchange.isDone);
    }
    expect(opened.channel.openCount).toBe(0);
  });

  test("startCell() streams a body there and back, longer than any window, with trailers", async () => {
    await using opened = await open();
    const exchange = opened.ask("/echo", { method: "POST" });
    const text = "All that is gold does not glitter. ".repeat(60_000);
    const writing = exchange.sink.write(encodeText(text)).then(() => {
      exchange.finish([{ name: "x-end", value: "of it" }]);
    });
    expect(await readText(exchange)).toBe(text);
    await writing;
    expect(exchange.trailers).toEqual([{ name: "x-end", value: "of it" }]);
  });

  test("startCell() sends the head of a response while the guest waits before it writes the body", async () => {
    await using opened = await open();
    const exchange = opened.ask("/later");
    exchange.finish();
    await until(exchange, () => exchange.response !== undefined);
    expect(exchange.source.take(9)).toHaveLength(0);
    expect(exchange.hasEnded).toBe(false);
    expect(await readText(exchange)).toBe("later\n");
  });

  test("startCell() holds a guest back whose body nobody reads, and cancels it", async () => {
    await using opened = await open();
    const exchange = opened.ask("/endless");
    exchange.finish();
    await until(exchange, () => exchange.response !== undefined);
    expect((await exchange.source.read(5))?.length).toBe(5);
    exchange.abort("connection-terminated");
    await until(exchange, () => exchange.isDone);
    const next = opened.ask("/");
    next.finish();
    expect(await readText(next)).toBe("Hello from C\n");
  });

  test("startCell() tells a guest that a request was cut", async () => {
    await using opened = await open();
    const exchange = opened.ask("/echo", { method: "POST" });
    await exchange.sink.write(encodeText("half"));
    expect(await exchange.source.read(10)).toEqual(encodeText("half"));
    exchange.abort("connection-terminated");
    await until(exchange, () => exchange.isDone);
    expect(opened.channel.failure).toBeUndefined();
  });

  test("startCell() refuses a guest headers that are none, forbidden or not its own", async () => {
    await using opened = await open();
    const value = "b\u00fccher \u20ac".slice(0, 7).trim();
    const exchange = opened.ask("/headers", { headers: [{ name: "x-test", value }] });
    exchange.finish();
    expect(await readText(exchange)).toBe("refused");
    expect(exchange.response?.headers).toEqual([{ name: "x-test", value }]);
  });

  test.each([
    ["/silent", "HTTP-response-incomplete"],
    ["/half", "HTTP-response-incomplete"],
  ])(
    "startCell() fails the exchange of a guest that does not answer it, as with %s",
    async (path, failure) => {
      await using opened = await open();
      const exchange = opened.ask(path);
      exchange.finish();
      await until(exchange, () => exchange.isDone);
      expect(exchange.failure).toBe(failure);
      await expect(readText(exchange)).rejects.toThrow("cut before its end");
    },
  );

  test("startCell() ends with a guest that traps, and fails its exchange", async () => {
    await using opened = await open();
    const exchange = opened.ask("/trap");
    exchange.finish();
    expect(await opened.cell.exited).toMatchObject({ type: "trapped" });
    await until(exchange, () => exchange.failure !== undefined);
    expect(exchange.failure).toBe("connection-terminated");
  });

  test("startCell() refuses requests of a guest that may not call out", async () => {
    await using opened = await open();
    const exchange = opened.ask("/fetch");
    exchange.finish();
    // HTTP-request-denied
    expect(await readText(exchange)).toBe("error-code 15");
  });

  test("startCell() carries a guest's own request, its body and the answer", async () => {
    await using opened = await open(true);
    const exchange = opened.ask("/post", { method: "POST" });
    const text = "What you put in comes out. ".repeat(10_000);
    const writing = exchange.sink.write(encodeText(text)).then(() => exchange.finish());
    let asked: HttpExchange | undefined;
    while ((asked = opened.channel.takeRequest()) === undefined)
      await opened.channel.arrived.wait();
    expect(asked.request).toEqual({
      method: "POST",
      scheme: "https",
      authority: "api.example",
      path: "/data",
      headers: [],
    });
    const sent = await readAll(asked.source, MIB);
    asked.respond({ status: 201, headers: [] });
    const answer = readText(exchange);
    await asked.sink.write(sent);
    asked.finish();
    expect(await answer).toBe(text);
    asked.done();
    expect(exchange.response?.status).toBe(201);
    await writing;
  });

  test("startCell() tells a guest why its own request has failed", async () => {
    await using opened = await open(true);
    const exchange = opened.ask("/fetch");
    exchange.finish();
    let asked: HttpExchange | undefined;
    while ((asked = opened.channel.takeRequest()) === undefined)
      await opened.channel.arrived.wait();
    asked.abort("HTTP-request-denied");
    asked.done();
    expect(await readText(exchange)).toBe("error-code 15");
  });

  test("startCell() says that a program which answers requests is no command, and the other way round", async () => {
    await using first = await bench.start(component);
    expect(await first.exited).toEqual({
      type: "trapped",
      message:
        'Cell "guest" cannot run: its program only answers HTTP requests, and was started as a command',
    });
    await using second = await bench.start(await command(RETURNS_OK), { http: { serves: true } });
    expect(await second.exited).toEqual({
      type: "trapped",
      message: 'Cell "guest" cannot run: its program answers no HTTP requests',
    });
  });
});
