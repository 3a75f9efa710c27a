import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createNodeHandler } from "./node-handler.ts";

const stack: Disposable[] = [];
afterEach(() => stack.splice(0).forEach((one) => one[Symbol.dispose]()));

async function serve(answer: (request: Request) => Promise<Response>): Promise<number> {
  const server = createServer(createNodeHandler(answer)).listen(0, "127.0.0.1");
  stack.push({
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function ask(port: number, method: string): ClientRequest {
  const headers = { "x-one": "1" };
  const request = httpRequest({ host: "127.0.0.1", port, path: "/a?b=c", method, headers });
  // Some are destroyed; who awaits an answer is told all the same.
  return request.on("error", () => undefined);
}

test("createNodeHandler() streams both ways at once, one piece after the other", async () => {
  const port = await serve(async (request) => {
    expect([request.url, request.method]).toEqual([`http://127.0.0.1:${port}/a?b=c`, "POST"]);
    const upper = new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, to) => to.enqueue(piece.map((byte) => byte - 32)),
    });
    const headers = { "x-two": request.headers.get("x-one") ?? "" };
    return new Response(request.body?.pipeThrough(upper), { status: 201, headers });
  });
  const request = ask(port, "POST");
  request.write("abc");
  const [response] = (await once(request, "response")) as [IncomingMessage];
  expect([response.statusCode, response.headers["x-two"]]).toEqual([201, "1"]);
  const pieces = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  expect(String((await pieces.next()).value)).toBe("ABC");
  request.end("def");
  expect(String((await pieces.next()).value)).toBe("DEF");
  expect((await pieces.next()).done).toBe(true);
});

test("createNodeHandler() tells by the signal that a client has left, and no other", async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const port = await serve(async (request) => {
    asked.resolve(request.signal);
    if (request.method === "GET") return new Response("x");
    return await new Promise(() => undefined);
  });
  const leaving = ask(port, "POST");
  leaving.end("x");
  const signal = await asked.promise;
  expect(signal.aborted).toBe(false);
  leaving.destroy();
  await once(signal, "abort");
});

test("createNodeHandler() aborts no request that was answered", async () => {
  const signals: AbortSignal[] = [];
  const port = await serve(async ({ signal }) => {
    signals.push(signal);
    return new Response("x");
  });
  const [response] = (await once(ask(port, "GET").end(), "response")) as [IncomingMessage];
  response.resume();
  await once(response, "close");
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
});

test("createNodeHandler() cancels the body of an answer whose client has left, also while it is awaited", async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({ cancel: () => cancelled.resolve() });
  const port = await serve(async () => new Response(body));
  const request = ask(port, "GET").end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.on("error", () => undefined); // it is destroyed
  request.destroy();
  await cancelled.promise;
});

test("createNodeHandler() never ends an answer that breaks as if it were whole", async () => {
  const port = await serve(async () => {
    const pieces = [new TextEncoder().encode("begun")];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift();
        if (piece === undefined) controller.error(new Error("broken"));
        else controller.enqueue(piece);
      },
    });
    return new Response(body);
  });
  const [response] = (await once(ask(port, "GET").end(), "response")) as [IncomingMessage];
  const read = async (): Promise<void> => {
    for await (const _ of response);
  };
  await expect(read()).rejects.toThrow("aborted");
});

test("createNodeHandler() answers before it has the whole body, which is thrown away", async () => {
  const port = await serve(async (request) => {
    const reader = request.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    return new Response("enough", { status: 413 });
  });
  const request = ask(port, "POST");
  request.write(Buffer.alloc(4_000_000));
  const [response] = (await once(request, "response")) as [IncomingMessage];
  expect(response.statusCode).toBe(413);
  response.resume();
  await once(response, "end");
  const sent = once(request, "finish");
  request.end(Buffer.alloc(4_000_000));
  await sent;
});

test("createNodeHandler() refuses a request that makes no sense", async () => {
  const port = await serve(async () => new Response("x"));
  for (const head of ["GET / HTTP/1.1\r\nHost: [", "TRACE / HTTP/1.1\r\nHost: localhost"]) {
    const socket = connect(port, "127.0.0.1");
    socket.write(`${head}\r\nConnection: close\r\n\r\n`);
    let text = "";
    for await (const piece of socket) text += String(piece);
    expect(text).toContain("HTTP/1.1 400");
  }
});
