/** The HTTP handlers of a run, as its owner sees them. */
import { describe, expect, test } from "vitest";
import { concatBytes, decodeText, encodeText, HttpChannel } from "#base";
import { cast, dup, isNull, serve } from "#capnp";
import type { Client, Init } from "#capnp";
import { ByteStream, HttpClient, HttpHandler } from "#schema";
import type { HttpHandlerServer, HttpRequest, Run } from "#schema";
import { Host, Membrane, Runtime } from "#schema/later";
import { readContent, readPieces, servePieces } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import { forever, openBench } from "./kernel-bench.testing.ts";
import { createTree } from "./memory-cells.testing.ts";
import type { Guest, Program } from "./memory-cells.testing.ts";

const LATER = "wetware:kernel-runtime/readiness@1.0.0";

async function ask(
  handler: HttpHandler,
  request: Init<HttpRequest>,
): Promise<{ status: number; text: string; headers: readonly { name: string; value: string }[] }> {
  using results = await handler.handle({
    method: "GET",
    authority: "page.localhost:49",
    scheme: "http",
    ...request,
  });
  const { status, headers } = results.response;
  const parts: Uint8Array[] = [];
  for await (const piece of readContent(results.response)) parts.push(piece.slice());
  return { status, headers, text: decodeText(concatBytes(parts)) };
}

async function names(run: Run): Promise<string[]> {
  using listed = await run.handlers();
  return listed.handlers.map(({ name, kind }) => `${name} ${kind}`);
}

/** Answers the requests on its channel, one after the other. */
const web: Program = async ({ http, killed }) => {
  const channel = new HttpChannel(http, { side: "cell", openLimit: 1 });
  void channel.run();
  let count = 0;
  while (!killed.aborted && channel.failure === undefined) {
    const exchange = channel.takeRequest();
    if (exchange === undefined) {
      await channel.arrived.wait();
      continue;
    }
    if (exchange.request.path === "/trap") throw new Error("a secret of the cell");
    exchange.respond({ status: 200, headers: [] });
    await exchange.sink.write(encodeText(`${exchange.request.path} ${++count}`));
    exchange.finish();
    exchange.done();
  }
  return 0;
};

/** A first process of the later generation that has a program answer requests below prefixes. */
function listen(prefixes: readonly string[], grants: readonly string[] = []): Program {
  return async (guest) => {
    using connection = connect(createStreamTransport(guest.rpc), {});
    using membrane = connection.bootstrap(Membrane);
    using grafted = await membrane.graft();
    const find = (wanted: string): Client =>
      grafted.caps.find(({ name }) => name === wanted)?.cap ?? expect.unreachable(wanted);
    using runtime = cast(find("runtime"), Runtime);
    using host = cast(find("host"), Host);
    using loaded = await runtime.load(encodeText("cgi"));
    using network = await host.network();
    for (const prefix of prefixes) {
      const caps = grants.map((name) => ({ name, cap: find(name) }));
      await network.httpListener.listen(loaded.executor, prefix, caps).then(
        () => undefined,
        (error: unknown) => guest.stderr.write(encodeText(`${String(error)}\n`)),
      );
    }
    await guest.stdout.write(encodeText("listening"));
    return forever(guest);
  };
}

/** A program that answers one request by CGI. */
const cgi: Program = async ({ request, stdin, stdout, stderr }) => {
  const env = new Map(request.env);
  const path = env.get("PATH_INFO");
  const say = (text: string): Promise<void> => stdout.write(encodeText(text));
  await stderr.write(encodeText("x".repeat(200_000)));
  if (path === "/none") return 0;
  if (path === "/split") await say("x: a\r b\n\n");
  if (path === "/forever") return new Promise(() => undefined);
  if (path === "/there") await say("Location: /elsewhere\n\n");
  if (path === "/missing") await say("Status: 404 Not Found\r\nContent-Type: text/plain\r\n\r\nno");
  if (path === "/large") {
    await say("content-type: text/plain\n\n");
    for (let count = 0; count < 300; count++) await stdout.write(new Uint8Array(64 * 1024));
  }
  if (path !== "/env" && path !== "/echo") return 0;
  await say("content-type: text/plain\nx-a: 1\n\n");
  if (path === "/env") {
    await say(
      [...env]
        .map(([name, value]) => `${name}=${value}\n`)
        .toSorted()
        .join(""),
    );
  }
  for (let bytes; (bytes = await stdin.read(10_000)) !== undefined;) await stdout.write(bytes);
  return 0;
};

const LISTENS = createTree({ "bin/main.wasm": `main ${LATER}` });

describe("a run whose program answers requests", () => {
  const tree = createTree({ "bin/main.wasm": "web handler" });

  test("is a handler, without a process until it is asked", async () => {
    await using bench = openBench({ web });
    const started = bench.start({ tree, layers: ["page"] });
    await expect.poll(() => names(started.run)).toEqual(["program component"]);
    expect(bench.cells.running).toEqual([]);
    using found = started.run.handler("program");
    expect(await ask(found.handler, { path: "/x" })).toMatchObject({ status: 200, text: "/x 1" });
    expect(await ask(found.handler, { path: "/x" })).toMatchObject({ text: "/x 2" });
    expect(bench.cells.running).toEqual(["web"]);
    await started.run.stop("Enough");
    expect(await started.outcome).toEqual({ type: "killed", reason: "Enough" });
    await expect.poll(() => bench.cells.running).toEqual([]);
    expect(await names(started.run)).toEqual([]);
  });

  test("goes on after a cell has failed, of which nothing but the name is told", async () => {
    await using bench = openBench({ web });
    const { run } = bench.start({ tree, layers: ["page"] });
    using found = run.handler("");
    const failed = await ask(found.handler, { path: "/trap" });
    expect(failed).toMatchObject({ status: 502, text: 'Cell "page" did not answer the request\n' });
    expect(JSON.stringify(failed)).not.toContain("secret");
    expect(await ask(found.handler, { path: "/x" })).toMatchObject({ text: "/x 1" });
  });

  test("is what its bootstrap capability serves", async () => {
    await using bench = openBench({ web });
    const { run } = bench.start({ tree });
    using first = run.bootstrap();
    using handler = cast(first.cap, HttpHandler);
    expect(await ask(handler, { path: "/" })).toMatchObject({ text: "/ 1" });
  });
});

describe("a process that serves an HttpHandler", () => {
  const server: HttpHandlerServer = {
    async handle({ path, body }) {
      return {
        response: {
          status: 200,
          headers: [],
          body: serve(ByteStream, servePieces(echo(path, dup(body)))),
        },
      };
    },
    upgrade: (request, incoming) => ({
      response: { status: 101, headers: [{ name: "upgrade", value: "x" }] },
      outgoing: serve(ByteStream, servePieces(echo(request.path, dup(incoming)))),
    }),
  };
  const live: Program = async (guest) => {
    using handler = serve(HttpHandler, server);
    using connection = connect(createStreamTransport(guest.rpc), { bootstrap: handler });
    await connection.closed;
    return 0;
  };

  test("answers many at a time, with upgrades", async () => {
    await using bench = openBench({ main: live });
    const { run } = bench.start();
    await expect.poll(() => names(run)).toEqual(["program bootstrap"]);
    using found = run.handler("");
    const asked = ["/a", "/b", "/c"].map((path) => ask(found.handler, { path }));
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(["/a", "/b", "/c"]);
    const input = [encodeText("ping")];
    using incoming = serve(
      ByteStream,
      servePieces(
        (async function* () {
          yield* input;
        })(),
      ),
    );
    using upgraded = await found.handler.upgrade({ method: "GET", path: "/ws" }, incoming);
    expect(upgraded.response.status).toBe(101);
    let text = "";
    for await (const piece of readPieces(upgraded.outgoing)) text += decodeText(piece);
    expect(text).toBe("/wsping");
  });
});

describe("HttpListener.listen()", () => {
  test("starts a process for each request below its prefix, in the environment of CGI", async () => {
    await using bench = openBench({ main: listen(["/api", "/api/deep"]), cgi });
    const { run } = await start(bench);
    await expect.poll(() => names(run)).toEqual(["/api cgi", "/api/deep cgi", "program bootstrap"]);
    using found = run.handler("");
    const { status, headers, text } = await ask(found.handler, {
      method: "POST",
      path: "/api/env?a=b?c",
      headers: [
        { name: "Content-Type", value: "text/x" },
        { name: "X-One", value: "1" },
        { name: "x-one", value: "2" },
        { name: "x.one", value: "3" },
        { name: "x_one", value: "4" },
        { name: "Proxy", value: "evil" },
        { name: "Authorization", value: "Basic secret" },
      ],
      body: serve(
        ByteStream,
        servePieces(
          (async function* () {
            yield encodeText("body");
          })(),
        ),
      ),
    });
    expect([status, headers]).toEqual([
      200,
      [
        { name: "content-type", value: "text/plain" },
        { name: "x-a", value: "1" },
      ],
    ]);
    expect(text.split("\n")).toEqual([
      "CONTENT_LENGTH=4",
      "CONTENT_TYPE=text/x",
      "GATEWAY_INTERFACE=CGI/1.1",
      "HTTP_HOST=page.localhost:49",
      "HTTP_X_ONE=1, 2",
      "PATH_INFO=/env",
      "QUERY_STRING=a=b?c",
      "REMOTE_ADDR=127.0.0.1",
      "REQUEST_METHOD=POST",
      "REQUEST_SCHEME=http",
      "REQUEST_URI=/api/env?a=b?c",
      "SCRIPT_NAME=/api",
      "SERVER_NAME=page.localhost",
      "SERVER_PORT=49",
      "SERVER_PROTOCOL=HTTP/1.1",
      "SERVER_SOFTWARE=wetware",
      "WW_CELL_MODE=http",
      "body",
    ]);
    expect((await ask(found.handler, { path: "/api/deep/env" })).text).toContain(
      "PATH_INFO=/env\n",
    );
    await expect.poll(() => bench.cells.running).toEqual(["main"]);
  });

  test("reads status, redirects and errors of programs", async () => {
    await using bench = openBench({ main: listen(["/"]), cgi });
    const { run } = await start(bench);
    using found = run.handler("/");
    const { handler } = found;
    expect(await ask(handler, { path: "/missing" })).toMatchObject({ status: 404, text: "no" });
    // What is short comes at once.
    using results = await handler.handle({ method: "GET", path: "/env", scheme: "http" });
    const { content, body: rest } = results.response;
    expect([isNull(rest), decodeText(content)]).toEqual([true, expect.stringContaining("PATH")]);
    expect(await ask(handler, { path: "/there" })).toMatchObject({ status: 302 });
    for (const path of ["/none", "/split"]) {
      expect(await ask(handler, { path })).toMatchObject({
        status: 502,
        text: 'The program at "/" did not answer the request\n',
      });
    }
    await expect(ask(handler, { path: "/large" })).rejects.toThrow("longer than 16777216 bytes");
    const body = serve(ByteStream, servePieces(endless()));
    const large = await ask(handler, { path: "/echo", method: "POST", body });
    expect(large).toMatchObject({
      status: 413,
      text: 'The program at "/" takes no more than 16 MiB\n',
    });
    await expect.poll(() => bench.cells.running).toEqual(["main"]);
  });

  test("kills the program of a client that leaves", async () => {
    await using bench = openBench({ main: listen(["/"]), cgi });
    const { run } = await start(bench);
    using found = await run.handler("/");
    const stop = new AbortController();
    const asked = found.handler.handle(
      { method: "GET", path: "/forever", scheme: "http" },
      { signal: stop.signal },
    );
    await expect.poll(() => bench.cells.running).toContain("cgi");
    stop.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    await expect.poll(() => bench.cells.running).toEqual(["main"]);
  });

  test("serves nothing any more when its epoch has ended", async () => {
    await using bench = openBench({ main: listen(["/api"]), cgi });
    const { run } = await start(bench);
    await run.advance(new Uint8Array(0));
    expect(await names(run)).toEqual(["program bootstrap"]);
    await expect(run.handler("/api")).rejects.toThrow('no handler "/api"');
  });

  test("refuses prefixes that are none, or served already", async () => {
    await using bench = openBench({ main: listen(["/a", "/a", "b", "/c/", "/d?e"]), cgi });
    const started = await start(bench);
    await expect.poll(() => names(started.run)).toEqual(["/a cgi", "program bootstrap"]);
    await started.run.stop("Enough");
    expect((await started.stderr).split("\n")).toMatchObject([
      expect.stringContaining("it is served already"),
      expect.stringContaining('Cannot serve "b"'),
      expect.stringContaining('Cannot serve "/c/"'),
      expect.stringContaining('Cannot serve "/d?e"'),
      "",
    ]);
  });
});

describe("requests of wasi:http that a process makes", () => {
  const OUTGOING = "wasi:http/outgoing-handler@0.2.3";

  test("leave by the client that it was granted", async () => {
    const seen: unknown[] = [];
    using client = serve(HttpClient, {
      get: () => expect.unreachable(),
      post: () => expect.unreachable(),
      async request(method, url, headers, body) {
        let text = "";
        for await (const piece of readPieces(body)) text += decodeText(piece);
        seen.push([method, url, headers, text]);
        return {
          status: 201,
          headers: [],
          body: servePieces(
            (async function* () {
              yield encodeText("answer");
            })(),
          ),
        };
      },
    });
    expect(await launchWith(client, OUTGOING)).toBe("201 answer");
    expect(seen).toEqual([
      ["POST", "https://api.example/a?b", [{ name: "x", value: "y" }], "sent"],
    ]);
  });

  test("fail with what the guest is told, and not with the owner's reason", async () => {
    using client = serve(HttpClient, {
      get: () => expect.unreachable(),
      post: () => expect.unreachable(),
      request() {
        throw new Error("a secret");
      },
    });
    expect(await launchWith(client, OUTGOING)).toBe("internal-error ");
  });
});

async function* echo(path: string, given: ByteStream): AsyncGenerator<Uint8Array> {
  using stream = given;
  yield encodeText(path);
  try {
    for await (const piece of readPieces(stream)) yield piece;
  } catch {
    // The request has no body.
  }
}

async function start(
  bench: ReturnType<typeof openBench>,
  order: Parameters<typeof bench.start>[0] = {},
): Promise<ReturnType<typeof bench.start>> {
  const started = bench.start({ tree: LISTENS, ...order });
  await expect.poll(async () => (await names(started.run)).length).toBeGreaterThan(1);
  return started;
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(1024 * 1024);
}

/** Sends a request, and prints the status and body of the response, or the failure. */
async function asks({ http, stdout }: Guest): Promise<number> {
  const channel = new HttpChannel(http, { side: "cell", openLimit: 0 });
  void channel.run();
  const exchange = channel.request({
    method: "POST",
    scheme: "https",
    authority: "api.example",
    path: "/a?b",
    headers: [{ name: "x", value: "y" }],
  });
  await exchange.sink.write(encodeText("sent"));
  exchange.finish();
  while (exchange.response === undefined && exchange.failure === undefined) {
    await exchange.changed.wait();
  }
  await stdout.write(encodeText(`${exchange.response?.status ?? exchange.failure} `));
  if (exchange.response === undefined) return 0;
  for (let bytes; (bytes = await exchange.source.read(1000)) !== undefined;) {
    await stdout.write(bytes);
  }
  return 0;
}

/** Output of `asks`, started with this client among its grants. */
async function launchWith(client: HttpClient, imports: string): Promise<string> {
  const launch: Program = async (guest) => {
    using connection = connect(createStreamTransport(guest.rpc), {});
    using membrane = connection.bootstrap(Membrane);
    using grafted = await membrane.graft();
    const found = grafted.caps.find(({ name }) => name === "runtime");
    using runtime = cast(found?.cap ?? expect.unreachable(), Runtime);
    using loaded = await runtime.load(encodeText(`asks ${imports}`));
    const caps = [{ name: "http-client", cap: client }];
    using spawned = await loaded.executor.spawn([], [], caps, {
      which: "scheduled",
      scheduled: undefined,
    });
    using out = spawned.process.stdout();
    for await (const piece of readPieces(out.stream)) await guest.stdout.write(piece.slice());
    return 0;
  };
  await using bench = openBench({ main: launch, asks });
  return await bench.start({ tree: LISTENS }).stdout;
}
