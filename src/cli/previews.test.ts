/** What a tab shows to this computer: by a browser's rules, with curl's requests, for as long as the tab wants. */
import { once } from "node:events";
import { Agent, request as ask } from "node:http";
import type { IncomingMessage, RequestOptions } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { encodeText, Exception, openPortDuplex, openSocketPort } from "#base";
import type { Duplex } from "#base";
import { dup, serve } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import { HttpHandler, PreviewDoor, PreviewVisitor } from "#schema";
import type { HttpHandlerServer, Preview } from "#schema";
import { readPieces, servePieces } from "#caps";
import { WebSocket } from "ws";
import { startLocalNode } from "./local-node.ts";
import type { LocalNode } from "./local-node.ts";

let node: LocalNode;
let port: number;
let door: string;
beforeAll(async () => {
  node = await startLocalNode({ port: 0, images: [] });
  port = Number(new URL(node.url).port);
  const config = (await (await fetch(`${node.url}config.json`)).json()) as { previews: string };
  door = `${node.url.replace("http", "ws")}${config.previews}`;
});
afterAll(() => node[Symbol.asyncDispose]());

const open: Disposable[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each[Symbol.dispose]();
});

interface Tab {
  readonly visits: string[];
  show(name: string, server: HttpHandlerServer): Promise<{ preview: Preview; url: string }>;
  close(): void;
}

async function openTab(): Promise<Tab> {
  const socket = new WebSocket(door, { origin: node.url.slice(0, -1) });
  const { promise: opened, resolve } = Promise.withResolvers<Duplex>();
  // Attached at once, since the node's first message follows immediately.
  socket.on("open", () => resolve(openPortDuplex(openSocketPort(socket))));
  const connection = connect(createStreamTransport(await opened));
  const served = connection.bootstrap(PreviewDoor);
  open.push(served, connection);
  const visits: string[] = [];
  return {
    visits,
    async show(name, server) {
      using handler = serve(HttpHandler, server);
      using visitor = serve(PreviewVisitor, {
        came: (method, path) => void visits.push(`${method} ${path}`),
      });
      using opened = await served.open(name, handler, visitor);
      const preview = dup(opened.preview);
      open.push(preview);
      using asked = await preview.url();
      return { preview, url: asked.url };
    },
    close: () => connection[Symbol.dispose](),
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly message: IncomingMessage;
}

async function get(
  name: string,
  path = "/",
  options: RequestOptions = {},
  body?: string,
): Promise<Answer> {
  const message = await begin(name, path, options, body);
  let text = "";
  for await (const piece of message) text += String(piece);
  return { status: message.statusCode ?? 0, text, message };
}

/** Node's resolver does not know names below localhost. */
async function begin(
  name: string,
  path: string,
  { headers, ...options }: RequestOptions = {},
  body?: string,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const host = name === "" ? `127.0.0.1:${port}` : `${name}.localhost:${port}`;
  const sent = ask(
    { host: "127.0.0.1", port, path, headers: { host, ...(headers as object) }, ...options },
    resolve,
  );
  sent.on("error", reject);
  sent.end(body);
  return promise;
}

const site: HttpHandlerServer = {
  handle({ method, path, headers, body }) {
    const own = dup(body);
    async function* pieces(): AsyncGenerator<Uint8Array> {
      using stream = own;
      yield encodeText(`${method} ${path} `);
      if (method === "POST") for await (const piece of readPieces(stream)) yield piece;
    }
    const given = headers.find(({ name }) => name.toLowerCase() === "x-test");
    return {
      response: { status: 201, headers: given ? [given] : [], body: servePieces(pieces()) },
    };
  },
  upgrade(request, incoming) {
    const own = dup(incoming);
    async function* echo(): AsyncGenerator<Uint8Array> {
      using stream = own;
      for await (const piece of readPieces(stream)) yield piece.slice();
    }
    const headers = [
      { name: "upgrade", value: "echo" },
      { name: "connection", value: "Upgrade" },
    ];
    return { response: { status: 101, headers }, outgoing: servePieces(echo()) };
  },
};

describe("servePreviews()", () => {
  test("answers by the handler of a tab, at a name of its own, and tells who came", async () => {
    const tab = await openTab();
    const { url } = await tab.show("page", site);
    expect(url).toBe(`http://page.localhost:${port}/`);
    const { status, text, message } = await get("page", "/a?b", { headers: { "x-test": "v" } });
    expect([status, text, message.headers["x-test"]]).toEqual([201, "GET /a?b ", "v"]);
    expect(await get("page", "/form", { method: "POST" }, "sent")).toMatchObject({
      text: "POST /form sent",
    });
    expect(tab.visits).toEqual(["GET /a?b", "POST /form"]);
    expect((await tab.show("page", site)).url).toBe(`http://page-2.localhost:${port}/`);
    expect(await get("page-2")).toMatchObject({ status: 201 });
  });

  test("passes on what comes as it comes, such as events", async () => {
    const tab = await openTab();
    const gate = Promise.withResolvers<void>();
    async function* events(): AsyncGenerator<Uint8Array> {
      yield encodeText("data: one\n\n");
      await gate.promise;
      yield encodeText("data: two\n\n");
    }
    await tab.show("events", {
      ...site,
      handle: () => ({
        response: {
          status: 200,
          headers: [{ name: "content-type", value: "text/event-stream" }],
          body: servePieces(events()),
        },
      }),
    });
    const message = await begin("events", "/");
    const pieces = message[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    expect(String((await pieces.next()).value)).toBe("data: one\n\n");
    gate.resolve();
    expect(String((await pieces.next()).value)).toBe("data: two\n\n");
    expect((await pieces.next()).done).toBe(true);
  });

  test("cuts a response whose body is not as long as it says", async () => {
    const tab = await openTab();
    const content = encodeText("hello");
    await tab.show("liar", {
      handle: ({ path }) => {
        const headers = [{ name: "content-length", value: path.slice(1) }];
        return { response: { status: 200, headers, content } };
      },
      upgrade: () => ({ response: { status: 501 }, outgoing: null }),
    });
    expect((await get("liar", "/5")).text).toBe("hello");
    for (const path of ["/4", "/6", "/x"]) await expect(get("liar", path)).rejects.toThrow();
    expect((await get("liar", "/500", { method: "HEAD" })).status).toBe(200);
  });

  test("goes on with bytes both ways after an upgrade", async () => {
    const tab = await openTab();
    await tab.show("socket", site);
    const sent = ask({
      host: "127.0.0.1",
      port,
      path: "/ws",
      headers: { host: `socket.localhost:${port}`, connection: "Upgrade", upgrade: "echo" },
    });
    sent.end();
    const [message, socket] = (await once(sent, "upgrade")) as [
      IncomingMessage,
      NodeJS.ReadWriteStream,
    ];
    expect([message.statusCode, message.headers.upgrade]).toEqual([101, "echo"]);
    for (const text of ["ping", "pong"]) {
      socket.write(text);
      const [piece] = (await once(socket, "data")) as [Buffer];
      expect(String(piece)).toBe(text);
    }
    socket.end();
  });

  test("tells the handler when a visitor leaves, and a visitor when the tab takes it back", async () => {
    const tab = await openTab();
    let left = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(64 * 1024);
      } finally {
        left++;
      }
    }
    const { preview } = await tab.show("endless", {
      ...site,
      handle: () => ({ response: { status: 200, body: servePieces(endless()) } }),
    });
    const first = await begin("endless", "/");
    first.destroy();
    await expect.poll(() => left).toBe(1);
    const second = await begin("endless", "/");
    const reading = (async () => {
      for await (const piece of second) void piece;
    })();
    preview[Symbol.dispose]();
    await expect(reading).rejects.toThrow("aborted");
    expect(await get("endless")).toMatchObject({ status: 404 });
  });

  test("forgets what a tab has shown that is gone", async () => {
    const tab = await openTab();
    await tab.show("gone", site);
    expect(await get("gone")).toMatchObject({ status: 201 });
    tab.close();
    await expect.poll(async () => (await get("gone")).status).toBe(404);
  });

  test("answers 502 to who waits when a preview is closed", async () => {
    const tab = await openTab();
    const asked = Promise.withResolvers<void>();
    const { preview } = await tab.show("waits", {
      ...site,
      handle() {
        asked.resolve();
        return new Promise(() => undefined);
      },
    });
    const answer = get("waits");
    await asked.promise;
    preview[Symbol.dispose]();
    expect(await answer).toMatchObject({
      status: 502,
      text: "The program has ended, or its preview was closed\n",
    });
  });

  test("answers 502 for what is no handler, and says so", async () => {
    const tab = await openTab();
    await tab.show("none", {
      handle: () => Promise.reject(new Exception("unimplemented", "No")),
      upgrade: () => expect.unreachable(),
    });
    expect(await get("none")).toMatchObject({ status: 502, text: "The program serves no HTTP\n" });
  });

  test("answers 502 with nothing of what a handler fails with", async () => {
    const tab = await openTab();
    await tab.show("bad", {
      ...site,
      handle() {
        throw new Error("a secret");
      },
    });
    expect(await get("bad")).toMatchObject({
      status: 502,
      text: "The program failed to answer, or serves no HTTP\n",
    });
  });

  test.each(["", "A", "a.b", "-a", "a-", "49983-a", "a b", "x".repeat(60)])(
    "refuses the name %j",
    async (name) => {
      const tab = await openTab();
      await expect(tab.show(name, site)).rejects.toThrow("its name has other characters");
    },
  );

  test("shows a preview to no page of another origin, and nothing under other names", async () => {
    const tab = await openTab();
    await tab.show("mine", site);
    const own = `http://mine.localhost:${port}`;
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await get("mine", "/", { headers })).status;
    expect(await statusOf({ origin: own })).toBe(201);
    expect(await statusOf({ origin: `http://other.localhost:${port}` })).toBe(403);
    expect(await statusOf({ origin: `http://localhost:${port}` })).toBe(403);
    expect(await statusOf({ origin: "https://attacker.example" })).toBe(403);
    expect(await statusOf({ origin: "null" })).toBe(403);
    const cross = { "sec-fetch-site": "cross-site" };
    expect(await statusOf({ ...cross, "sec-fetch-mode": "no-cors" })).toBe(403);
    expect(await statusOf({ ...cross, "sec-fetch-mode": "navigate" })).toBe(201);
    expect(await get("none")).toMatchObject({ status: 404 });
    expect(await get("deep.mine")).toMatchObject({ status: 403 });
  });

  test("lets a page of a preview reach nothing of the node", async () => {
    const tab = await openTab();
    await tab.show("mine", site);
    const origin = `http://mine.localhost:${port}`;
    for (const path of ["/config.json", "/metrics", "/healthz", "/"]) {
      expect(await get("", path, { headers: { origin } })).toMatchObject({ status: 403 });
    }
    for (const each of [origin, "https://attacker.example", `http://localhost:${port + 1}`]) {
      const socket = new WebSocket(door, { origin: each });
      const [error] = (await once(socket, "error")) as [Error];
      expect(error.message).toContain("403");
    }
    // Under this name, even the node's own paths belong to the preview.
    expect(await get("mine", "/config.json")).toMatchObject({ text: "GET /config.json " });
  });

  test("holds a visitor back who sends faster than the handler reads", async () => {
    const tab = await openTab();
    const gate = Promise.withResolvers<void>();
    let readBytes = 0;
    await tab.show("slow", {
      ...site,
      async handle({ body }) {
        using stream = dup(body);
        await gate.promise;
        for await (const piece of readPieces(stream)) readBytes += piece.length;
        return { response: { status: 200 } };
      },
    });
    const total = 16 * 1024 * 1024;
    const agent = new Agent();
    const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
    const sent = ask(
      {
        host: "127.0.0.1",
        port,
        agent,
        method: "POST",
        headers: { host: `slow.localhost:${port}`, "content-length": `${total}` },
      },
      resolve,
    );
    const piece = Buffer.alloc(1024 * 1024);
    let written = 0;
    while (written < total && sent.write(piece)) written += piece.length;
    const isHeld = written < total;
    gate.resolve();
    for (written += isHeld ? piece.length : 0; written < total; written += piece.length) {
      if (!sent.write(piece)) await once(sent, "drain");
    }
    sent.end();
    expect((await promise).statusCode).toBe(200);
    expect([isHeld, readBytes]).toEqual([true, total]);
    agent.destroy();
  });
});
