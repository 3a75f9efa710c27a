import { once } from "node:events";
import { createServer as createSecureServer } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { generate } from "selfsigned";
import { describe, expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import { serve } from "#capnp";
import { serveHttpClient } from "#caps";
import { createHttpBinding, createHttpClient, describeHttpBinding, SecretText } from "#http";
import type { HttpBindingOptions, HttpHop } from "#http";
import { HttpClient } from "#schema";
import { startTestServer } from "./http.testing.ts";
import { createNodeSender, openExchange, resolveByName } from "./node-sender.ts";

const hopTo = (url: string, more: Partial<HttpHop> = {}): HttpHop => ({
  method: "GET",
  url,
  headers: [],
  limitBytes: 1000,
  mayBeLocal: true,
  ...more,
});

/** A resolver that gives one answer after the other, and repeats the last one. */
function resolveInTurn(...answers: ReadonlyArray<readonly string[]>): {
  readonly asked: string[];
  readonly resolve: (name: string) => Promise<readonly string[]>;
} {
  const asked: string[] = [];
  return {
    asked,
    resolve(name) {
      asked.push(name);
      return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1] ?? []);
    },
  };
}

describe("createNodeSender()", () => {
  test("sends method, path, headers and body, and gives what comes back", async () => {
    await using server = await startTestServer((request, response) => {
      void text(request).then((body) => {
        response.writeHead(201, { "x-seen": String(request.headers["x-own"]) });
        response.end(`${request.headers.host} ${request.headers["content-length"]} ${body}`);
      });
    });
    const hop = hopTo(`${server.origin}/a?b=c`, {
      method: "POST",
      headers: [{ name: "X-Own", value: "mine" }],
      body: encodeText("hello"),
    });
    const outcome = await createNodeSender().send(hop);
    if (outcome.type !== "response") return expect.unreachable(JSON.stringify(outcome));
    expect(outcome.status).toBe(201);
    expect(decodeText(outcome.body)).toBe(`127.0.0.1:${server.port} 5 hello`);
    expect(outcome.headers).toContainEqual({ name: "x-seen", value: "mine" });
    expect(server.requests).toEqual(["POST /a?b=c"]);
  });

  test.each(["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"])(
    "refuses a name that leads to %s, alone or beside a public address",
    async (address) => {
      const local = resolveInTurn([address], ["1.1.1.1", address]);
      const sender = createNodeSender(local);
      for (let time = 0; time < 2; time++) {
        const hop = hopTo("http://public.example:1/", { mayBeLocal: false });
        expect(await sender.send(hop)).toEqual({ type: "local-address" });
      }
      expect(local.asked).toEqual(["public.example", "public.example"]);
    },
  );

  test.each([
    "http://127.0.0.1:1/",
    "http://[::1]:1/",
    "http://localhost:1/",
    "http://a.localhost:1/",
  ])("refuses %s where it was not designated", async (url) => {
    const names = resolveInTurn(["1.1.1.1"]);
    const outcome = await createNodeSender(names).send(hopTo(url, { mayBeLocal: false }));
    expect(outcome).toEqual({ type: "local-address" });
    expect(names.asked).toEqual([]);
  });

  test("gives up on a server that changes the protocol", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
        );
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const outcome = await createNodeSender().send(hopTo(`http://127.0.0.1:${port}/`));
    expect(outcome).toMatchObject({ type: "unreachable" });
    server.close();
  });

  test("looks a name up once, and connects to the address that was checked", async () => {
    await using server = await startTestServer((request, response) =>
      response.end(request.headers.host),
    );
    // A second lookup would lead elsewhere.
    const names = resolveInTurn(["127.0.0.1"], ["192.0.2.1"]);
    const outcome = await createNodeSender(names).send(hopTo(`http://nas.home:${server.port}/`));
    expect(outcome).toMatchObject({ body: encodeText(`nas.home:${server.port}`) });
    expect(names.asked).toEqual(["nas.home"]);
  });

  test("keeps no connection, so that each request is checked", async () => {
    const connections = new Set<unknown>();
    await using server = await startTestServer(({ socket }, response) => {
      connections.add(socket);
      response.end();
    });
    const sender = createNodeSender(resolveInTurn(["127.0.0.1"]));
    for (let time = 0; time < 2; time++)
      await sender.send(hopTo(`http://nas.home:${server.port}/`));
    expect(connections.size).toBe(2);
  });

  test("gives a redirect, and does not follow it", async () => {
    await using server = await startTestServer((_request, response) =>
      response.writeHead(302, { location: "/elsewhere" }).end("moved"),
    );
    const outcome = await createNodeSender().send(hopTo(`${server.origin}/`));
    expect(outcome).toEqual({ type: "redirect", status: 302, location: "/elsewhere" });
    expect(server.requests).toEqual(["GET /"]);
  });

  test("ends an answer at its limit, whether or not its length was announced", async () => {
    const closed: Promise<unknown>[] = [];
    await using server = await startTestServer(({ url }, response) => {
      closed.push(once(response, "close"));
      if (url === "/announced") response.setHeader("content-length", 2000);
      // The response never ends by itself.
      response.write(new Uint8Array(1001));
    });
    const sender = createNodeSender();
    for (const path of ["announced", "streamed"]) {
      expect(await sender.send(hopTo(`${server.origin}/${path}`))).toEqual({ type: "too-large" });
    }
    await Promise.all(closed);
    expect(closed).toHaveLength(2);
  });

  test("ends the request with the signal, before and after the head of the answer", async () => {
    for (const begins of [false, true]) {
      const arrived = Promise.withResolvers<unknown>();
      const closed = Promise.withResolvers<unknown>();
      await using server = await startTestServer((_request, response) => {
        response.on("close", closed.resolve);
        if (begins) response.write("begin");
        arrived.resolve(undefined);
      });
      const stop = new AbortController();
      const sending = createNodeSender().send(hopTo(`${server.origin}/`), { signal: stop.signal });
      await arrived.promise;
      stop.abort(new Error("no longer wanted"));
      await expect(sending).rejects.toThrow("no longer wanted");
      await closed.promise;
    }
  });

  test("ends with the signal while a name is looked up", async () => {
    const stop = new AbortController();
    const sender = createNodeSender({
      resolve() {
        stop.abort(new Error("no longer wanted"));
        return new Promise(() => undefined);
      },
    });
    const sending = sender.send(hopTo("http://nas.home/"), { signal: stop.signal });
    await expect(sending).rejects.toThrow("no longer wanted");
  });

  test("reaches names of this computer where they were designated", async () => {
    await using server = await startTestServer((_request, response) => response.end("here"));
    const sender = createNodeSender(resolveInTurn([]));
    for (const name of ["localhost", "a.localhost"]) {
      const outcome = await sender.send(hopTo(`http://${name}:${server.port}/`));
      expect(outcome).toMatchObject({ body: encodeText("here") });
    }
  });

  test("tells in a few words why a server is not reached, and nothing of the request", async () => {
    const gone = await startTestServer((_request, response) => response.end());
    await gone[Symbol.asyncDispose]();
    await using rude = await startTestServer(({ socket }) => socket.destroy());
    const sender = createNodeSender();
    const headers = [{ name: "x-secret", value: "hidden" }];
    const reasonOf = async (url: string): Promise<unknown> => sender.send(hopTo(url, { headers }));
    expect(await reasonOf(`${gone.origin}/?secret`)).toEqual({
      type: "unreachable",
      reason: "it refuses the connection",
    });
    expect(await reasonOf(`${rude.origin}/?secret`)).toEqual({
      type: "unreachable",
      reason: "it closed the connection",
    });
    await using long = await startTestServer((_request, response) =>
      response.writeHead(200, { "x-long": "y".repeat(100_000) }).end(),
    );
    expect(await reasonOf(`${long.origin}/`)).toEqual({
      type: "unreachable",
      reason: "the headers of its answer are too long",
    });
    // A server without TLS.
    const outcome = await reasonOf(rude.origin.replace("http:", "https:"));
    expect(outcome).toMatchObject({ type: "unreachable" });
  });
});

test("createNodeSender() speaks only to a server whose certificate has the name that was asked for", async () => {
  const names = [{ type: 2, value: "api.example" }] as const;
  const made = generate([{ name: "commonName", value: "api.example" }], {
    keySize: 2048,
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [...names] },
    ],
  });
  const asked: (string | undefined)[] = [];
  const server = createSecureServer({ key: made.private, cert: made.cert }, (request, response) => {
    asked.push(request.headers.host);
    response.end("hello");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sender = createNodeSender({ resolve: () => Promise.resolve(["127.0.0.1"]) });
  const send = (host: string) => sender.send(hopTo(`https://${host}:${port}/`));
  const unknown = await send("api.example");
  expect(unknown).toEqual({
    type: "unreachable",
    reason: "the connection failed with DEPTH_ZERO_SELF_SIGNED_CERT",
  });
  const trusted = getCACertificates("default");
  setDefaultCACertificates([...trusted, made.cert]);
  try {
    expect(await send("api.example")).toMatchObject({ status: 200, body: encodeText("hello") });
    expect(await send("other.example")).toEqual({
      type: "unreachable",
      reason: "the connection failed with ERR_TLS_CERT_ALTNAME_INVALID",
    });
  } finally {
    setDefaultCACertificates(trusted);
    server.close();
  }
  expect(asked).toEqual([`api.example:${port}`]);
});

test("openExchange() sends no body of another length than was announced", async () => {
  const seen = Promise.withResolvers<undefined>();
  let received = "";
  // An HTTP server would not show what it has read beyond the request.
  const server = createServer((socket) => {
    socket
      .on("error", () => undefined)
      .on("data", (bytes) => {
        received += bytes.toString();
        if (received.endsWith("\r\n\r\n")) return;
        socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        seen.resolve(undefined);
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  async function* writeMore(): AsyncGenerator<Uint8Array> {
    yield encodeText("aGET /second HTTP/1.1\r\nhost: x");
    await seen.promise;
  }
  const { port } = server.address() as AddressInfo;
  const hop = { ...hopTo(`http://127.0.0.1:${port}/`, { method: "POST" }), bodyBytes: 1 };
  const outcome = await openExchange(hop, writeMore(), { resolve: resolveByName });
  expect(outcome).toMatchObject({ type: "unreachable" });
  expect(received).not.toContain("second");
  server.close();
});

describe("createHttpClient() over a sender of this process", () => {
  const TOKEN = "hidden-0123456789";

  const openClient = (hosts: readonly string[], more: Partial<HttpBindingOptions> = {}) => {
    const attached = [{ name: "authorization", value: new SecretText(`Bearer ${TOKEN}`) }];
    return createHttpClient(createHttpBinding({ hosts, attached, ...more }), createNodeSender());
  };

  test("attaches the owner's header where the binding leads, and asks no other host", async () => {
    const logins: unknown[] = [];
    await using evil = await startTestServer((_request, response) => response.end("stolen"));
    await using second = await startTestServer(({ headers }, response) => {
      logins.push(headers.authorization);
      response.end("second");
    });
    await using first = await startTestServer(({ url, headers }, response) => {
      logins.push(headers.authorization);
      const to = url === "/evil" ? evil : second;
      response.writeHead(307, { location: `${to.origin}/` }).end();
    });
    const client = openClient([first.origin, second.origin]);
    const send = (path: string) =>
      client.send({ method: "GET", url: `${first.origin}${path}`, headers: [] });
    expect(await send("/")).toMatchObject({ status: 200, body: encodeText("second") });
    expect(logins).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}`]);
    expect(await send("/evil")).toEqual({
      type: "refused",
      reason: `Cannot GET ${first.origin}: a redirect leads to ${evil.origin}: the host is not among those that were granted`,
    });
    expect(evil.requests).toEqual([]);
  });

  test("hides what a server reflects in its headers", async () => {
    await using server = await startTestServer(({ headers }, response) =>
      response.writeHead(200, { "x-echo": headers.authorization, "set-cookie": "a=b" }).end(),
    );
    const client = openClient([server.origin]);
    const request = { method: "GET", url: `${server.origin}/`, headers: [] } as const;
    const outcome = await client.send(request);
    expect(outcome).toMatchObject({ status: 200 });
    expect(JSON.stringify(outcome)).toContain("[redacted]");
    expect(JSON.stringify(outcome)).not.toMatch(/hidden|a=b/);
  });

  test("is served as a capability, whose refusals are typed and tell no secrets", async () => {
    await using server = await startTestServer((_request, response) => response.end("reached"));
    const options = { hosts: [server.origin], paths: ["/v1"], limits: { calls: 3 } };
    const http = openClient(options.hosts, options);
    expect(http.label).toBe(`GET, POST ${server.origin} below /v1 with header "authorization"`);
    expect(http.label).toBe(
      describeHttpBinding(
        createHttpBinding({
          ...options,
          attached: [{ name: "authorization", value: new SecretText("x") }],
        }),
      ),
    );
    using client = serve(HttpClient, serveHttpClient(http, { nowMs: () => 0 }));
    await expect(client.get(`${server.origin}/v2?${TOKEN}`, [])).rejects.toThrow(
      `ww-membrane/permission-denied: Cannot GET ${server.origin}: the path is not below one of those that were granted`,
    );
    const own = [{ name: "Authorization", value: TOKEN }];
    await expect(client.post(`${server.origin}/v1`, own, new Uint8Array())).rejects.toThrow(
      `ww-membrane/permission-denied: Cannot POST ${server.origin}: header "authorization" is attached by the owner`,
    );
    using answer = await client.get(`${server.origin}/v1`, []);
    expect(decodeText(answer.body)).toBe("reached");
    await expect(client.get(`${server.origin}/v1`, [])).rejects.toThrow(
      'the limit "calls" is reached',
    );
    expect(server.requests).toEqual(["GET /v1"]);
  });
});
