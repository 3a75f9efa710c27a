import { once } from "node:events";
import { request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import { createForwardSender, encodeHead } from "#http";
import type { HopSender, HttpHop } from "#http";
import { startTestServer } from "./http.testing.ts";
import type { TestServer } from "./http.testing.ts";
import { startLocalNode } from "./local-node.ts";
import type { LocalNode, PageConfig } from "./local-node.ts";

interface Bench extends AsyncDisposable {
  readonly node: LocalNode;
  /** The address of the forwarder. */
  readonly url: string;
  /** Sends a request as a page of the node does. */
  readonly sender: HopSender;
  /** The number of requests that were sent to the forwarder. */
  readonly posted: number;
}

async function openBench(): Promise<Bench> {
  const node = await startLocalNode({ port: 0, images: [], forwards: true });
  const config = (await (await fetch(`${node.url}config.json`)).json()) as PageConfig;
  const url = new URL(config.forward ?? "", node.url).href;
  const { origin } = new URL(node.url);
  let posted = 0;
  const asPage = (to: string, init: RequestInit): Promise<Response> => {
    posted++;
    return fetch(to, { ...init, headers: { ...(init.headers as Record<string, string>), origin } });
  };
  return {
    node,
    url,
    sender: createForwardSender(asPage, url),
    get posted() {
      return posted;
    },
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}

const hopTo = (server: TestServer, more: Partial<HttpHop> = {}): HttpHop => ({
  method: "GET",
  url: `${server.origin}/`,
  headers: [],
  limitBytes: 100_000,
  mayBeLocal: true,
  ...more,
});

describe("the forwarder of a local node", () => {
  test("is there only where it was asked for", async () => {
    await using node = await startLocalNode({ port: 0, images: [] });
    const config = (await (await fetch(`${node.url}config.json`)).json()) as PageConfig;
    expect(config.forward).toBeUndefined();
    await using bench = await openBench();
    expect(new URL(bench.url).pathname).toMatch(/^\/forward\/[\da-f]{32}$/);
  });

  test("passes a request on, and its answer back", async () => {
    await using server = await startTestServer((incoming, response) => {
      void text(incoming).then((body) => {
        const seen = `${String(incoming.headers["x-own"])} ${incoming.headers.origin} ${body.length}`;
        response.writeHead(418, { "x-tea": "green" }).end(seen);
      });
    });
    await using bench = await openBench();
    const body = encodeText("x".repeat(200_000));
    const headers = [{ name: "x-own", value: "mine" }];
    const outcome = await bench.sender.send(hopTo(server, { method: "POST", headers, body }));
    if (outcome.type !== "response") return expect.unreachable(JSON.stringify(outcome));
    expect(outcome.status).toBe(418);
    expect(outcome.headers).toContainEqual({ name: "x-tea", value: "green" });
    expect(decodeText(outcome.body)).toBe("mine undefined 200000");
  });

  test("tells of redirects, local addresses and servers that are not there", async () => {
    await using server = await startTestServer((_request, response) =>
      response.writeHead(308, { location: "/b" }).end(),
    );
    await using bench = await openBench();
    const { sender } = bench;
    expect(await sender.send(hopTo(server))).toEqual({
      type: "redirect",
      status: 308,
      location: "/b",
    });
    expect(await sender.send(hopTo(server, { mayBeLocal: false }))).toEqual({
      type: "local-address",
    });
    expect(server.requests).toEqual(["GET /"]);
    await server[Symbol.asyncDispose]();
    const gone = { type: "unreachable", reason: "it refuses the connection" };
    expect(await sender.send(hopTo(server))).toEqual(gone);
  });

  test("ends an answer at its limit", async () => {
    await using server = await startTestServer((_request, response) => {
      // The response never ends by itself.
      response.write(new Uint8Array(3000));
    });
    await using bench = await openBench();
    expect(await bench.sender.send(hopTo(server, { limitBytes: 2000 }))).toEqual({
      type: "too-large",
    });
  });

  test("ends the request when the page does", async () => {
    const arrived = Promise.withResolvers<unknown>();
    const closed = Promise.withResolvers<unknown>();
    await using server = await startTestServer((_request, response) => {
      response.on("close", closed.resolve);
      arrived.resolve(undefined);
    });
    await using bench = await openBench();
    const stop = new AbortController();
    const sending = bench.sender.send(hopTo(server), { signal: stop.signal });
    await arrived.promise;
    stop.abort(new Error("enough"));
    await expect(sending).rejects.toThrow("enough");
    await closed.promise;
  });

  test("carries four requests of a page at a time, and then the next", async () => {
    const open: ServerResponse[] = [];
    const fourth = Promise.withResolvers<unknown>();
    const fifth = Promise.withResolvers<unknown>();
    await using server = await startTestServer((_request, response) => {
      open.push(response);
      if (open.length === 4) fourth.resolve(undefined);
      if (open.length === 5) fifth.resolve(undefined);
    });
    await using bench = await openBench();
    const sending = Array.from({ length: 5 }, () => bench.sender.send(hopTo(server)));
    await fourth.promise;
    expect(bench.posted).toBe(4);
    const [first] = open;
    first?.end();
    await Promise.race(sending);
    await fifth.promise;
    expect(server.requests).toHaveLength(5);
    for (const response of open) response.end();
    expect(await Promise.all(sending)).toHaveLength(5);
  });

  test("answers no other page, no other path and no other method", async () => {
    await using server = await startTestServer((_request, response) => response.end("reached"));
    await using bench = await openBench();
    const { body: _, ...hop } = hopTo(server);
    const frame = encodeHead({ ...hop, bodyBytes: 0 });
    const { host, origin } = new URL(bench.url);
    const statusOf = async (
      url: string,
      headers: Record<string, string>,
      method = "POST",
    ): Promise<number | undefined> => {
      // `fetch` would not let a test choose the host.
      const asked = request(url, { method, headers });
      asked.end(method === "POST" ? frame : undefined);
      const [response] = (await once(asked, "response")) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    const port = Number(new URL(bench.url).port);
    expect(await statusOf(bench.url, { host, origin })).toBe(200);
    expect(await statusOf(bench.url, { host })).toBe(403);
    expect(await statusOf(bench.url, { host, origin: "https://evil.example" })).toBe(403);
    // Another server of this computer, and the node under another of its names.
    expect(await statusOf(bench.url, { host, origin: `http://127.0.0.1:${port + 1}` })).toBe(403);
    expect(await statusOf(bench.url, { host, origin: `http://localhost:${port}` })).toBe(403);
    expect(await statusOf(bench.url, { host: `evil.example:${port}`, origin })).toBe(403);
    expect(await statusOf(bench.url, { host, origin, "sec-fetch-site": "cross-site" })).toBe(200);
    expect(await statusOf(bench.url, { host, origin }, "GET")).toBe(405);
    const guessed = bench.url.replace(/[\da-f]{32}$/, "0".repeat(32));
    expect(await statusOf(guessed, { host, origin })).toBe(404);
    expect(server.requests).toHaveLength(2);
  });

  test("refuses what is no request, or too large, and goes on", async () => {
    await using server = await startTestServer((_request, response) => response.end());
    await using bench = await openBench();
    const { origin } = new URL(bench.url);
    const { body: _, ...hop } = hopTo(server);
    const post = async (body: Uint8Array): Promise<number> => {
      const sent = body as Uint8Array<ArrayBuffer>;
      return (await fetch(bench.url, { method: "POST", headers: { origin }, body: sent })).status;
    };
    expect(await post(new Uint8Array([0, 0]))).toBe(400);
    expect(await post(new Uint8Array([255, 0, 0, 0, 1]))).toBe(400);
    expect(await post(new Uint8Array([0, 0, 0, 2, 0x7b, 0x7d]))).toBe(400);
    expect(await post(encodeHead({ ...hop, bodyBytes: 17 * 1024 * 1024 }))).toBe(413);
    expect(await post(encodeHead({ ...hop, limitBytes: 1e9, bodyBytes: 0 }))).toBe(413);
    expect(server.requests).toEqual([]);
    expect(await bench.sender.send(hopTo(server))).toMatchObject({ status: 200 });
  });
});
