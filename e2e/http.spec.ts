/** Requests of cells, as they leave the built page: by a worker with its own Content-Security-Policy, or by the forwarder. */
import { readdirSync } from "node:fs";
import type { BrowserContext, Page } from "playwright/test";
import { startLocalNode } from "#cli";
import { copyDist } from "./dist-copy.ts";
import { DIST_FOLDER, expect, test } from "./fixtures.ts";
import { startServer } from "./test-server.ts";

/** The page of a node, without an image. Of refused requests, the browser complains by itself. */
async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Lets the worker of the built page send one request, as the page does. */
async function send(page: Page, url: string, forward?: string): Promise<unknown> {
  const [name = ""] = readdirSync(`${DIST_FOLDER}/assets`).filter((file) =>
    /^http\.worker-.*\.js$/.test(file),
  );
  return page.evaluate(
    ([script, target, forwarder]) => {
      const worker = new Worker(new URL(`assets/${script}`, location.href), { type: "module" });
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      worker.addEventListener("message", ({ data }: MessageEvent<Record<string, unknown>>) => {
        if (data["answer"] !== 0) return;
        const value = (data["value"] ?? data) as Record<string, unknown>;
        const { body } = value;
        const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : undefined;
        resolve({ ...value, body: text });
        worker.terminate();
      });
      worker.addEventListener("error", () => reject(new Error("The worker did not start")));
      const headers = [{ name: "authorization", value: "Bearer hidden" }];
      const hop = { method: "GET", url: target, headers, limitBytes: 1000, mayBeLocal: true };
      worker.postMessage({ call: 0, question: { send: 0, hop, forward: forwarder } });
      Object.assign(globalThis, {
        cancel: () => worker.postMessage({ call: 1, question: { cancel: 0 } }),
      });
      return promise;
    },
    [name, url, forward] as const,
  );
}

const allowing = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization",
  "access-control-expose-headers": "*",
};

test("a server that allows cross-origin requests is reached, without cookies and referrer", async ({
  context,
  world,
}) => {
  await using server = await startServer((_request, response) =>
    response.writeHead(200, { ...allowing, "set-cookie": "a=b", "x-tea": "green" }).end("hello"),
  );
  const page = await openPage(context, world.node.url);
  for (let time = 0; time < 2; time++) {
    expect(await send(page, `${server.origin}/a`)).toMatchObject({
      type: "response",
      status: 200,
      body: "hello",
      headers: expect.arrayContaining([{ name: "x-tea", value: "green" }]),
    });
  }
  const got = server.requests.filter(({ method }) => method === "GET");
  expect(got.map(({ headers }) => headers)).toEqual([
    expect.objectContaining({ authorization: "Bearer hidden" }),
    expect.objectContaining({ authorization: "Bearer hidden" }),
  ]);
  for (const { headers } of got) {
    expect(headers.cookie).toBeUndefined();
    expect(headers.referer).toBeUndefined();
  }
});

test("a server that allows none is not read, and a redirect is told from it and not followed", async ({
  context,
  world,
}) => {
  await using silent = await startServer((_request, response) => response.end("private"));
  await using target = await startServer((_request, response) =>
    response.writeHead(200, allowing).end("reached"),
  );
  await using moved = await startServer(({ method }, response) =>
    response
      .writeHead(method === "GET" ? 302 : 204, { ...allowing, location: `${target.origin}/` })
      .end(),
  );
  const page = await openPage(context, world.node.url);
  expect(await send(page, `${silent.origin}/`)).toEqual({ type: "unreadable" });
  expect(await send(page, `${moved.origin}/`)).toEqual({ type: "hidden-redirect" });
  expect(target.requests).toEqual([]);
});

test("an answer over its limit is cut, and a request that was cancelled ends", async ({
  context,
  world,
}) => {
  const closed = Promise.withResolvers<unknown>();
  const arrived = Promise.withResolvers<unknown>();
  const ended = Promise.withResolvers<unknown>();
  await using server = await startServer(({ method, url }, response) => {
    response.writeHead(200, allowing);
    if (method === "OPTIONS") return void response.end();
    // Neither ends by itself.
    response.write(new Uint8Array(url === "/long" ? 1001 : 1));
    response.on("close", url === "/long" ? closed.resolve : ended.resolve);
    if (url === "/cancelled") arrived.resolve(undefined);
  });
  const page = await openPage(context, world.node.url);
  expect(await send(page, `${server.origin}/long`)).toEqual({ type: "too-large" });
  await closed.promise;
  const sending = send(page, `${server.origin}/cancelled`);
  await arrived.promise;
  await page.evaluate(() => (globalThis as unknown as { cancel(): void }).cancel());
  expect(await sending).toMatchObject({ answer: 0, kind: "failed" });
  await ended.promise;
});

test("the forwarder reaches a server that allows no cross-origin requests, and shows a redirect", async ({
  context,
}) => {
  await using silent = await startServer(({ url }, response) => {
    if (url === "/moved") response.writeHead(302, { location: "https://evil.example/" });
    response.end("private");
  });
  await using node = await startLocalNode({
    port: 0,
    images: [],
    distFolder: DIST_FOLDER,
    forwards: true,
  });
  const page = await openPage(context, node.url);
  const forward = await page.evaluate(async () => {
    const config = (await (await fetch("config.json")).json()) as { readonly forward: string };
    return new URL(config.forward, location.href).href;
  });
  expect(await send(page, `${silent.origin}/`, forward)).toMatchObject({
    type: "response",
    status: 200,
    body: "private",
  });
  expect(await send(page, `${silent.origin}/moved`, forward)).toEqual({
    type: "redirect",
    status: 302,
    location: "https://evil.example/",
  });
  expect(silent.requests.map(({ headers }) => headers.origin)).toEqual([undefined, undefined]);
});

test("the worker that sends can do nothing but send", async ({ context }) => {
  await using foreign = await startServer((_request, response) =>
    response
      .writeHead(200, { ...allowing, "content-type": "text/javascript" })
      .end("export const stolen = 1;"),
  );
  await using dist = await copyDist();
  await using node = await startLocalNode({ port: 0, images: [], distFolder: dist.folder });
  const { origin } = foreign;
  const [asset = ""] = readdirSync(`${dist.folder}/assets`).filter((name) => name.endsWith(".js"));
  const tricks = [
    `import("${origin}/import")`,
    `import("${node.url}assets/${asset}")`,
    `import("data:text/javascript,export default 1")`,
    `(0, eval)("1")`,
    `new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))`,
    `fetch("http://127.0.0.2:1/")`,
    `fetch("http://plain.example/")`,
    `open("ws", () => new WebSocket("${origin.replace("http:", "ws:")}/ws"))`,
    `open("worker", () => new Worker("${node.url}assets/${asset}"))`,
  ];
  const list = tricks.map((trick) => `async () => (${trick})`).join(",");
  // A socket and a worker tell later whether they were allowed.
  await dist.append(
    "http.worker",
    `const open = (what, start) => new Promise((resolve, reject) => {
      const started = start();
      started.onopen = () => resolve(what);
      started.onmessage = () => resolve(what);
      started.onerror = () => reject(new Error(what + " was refused"));
    });
    const violations = [];
    addEventListener("securitypolicyviolation", ({ effectiveDirective }) => violations.push(effectiveDirective));
    (async () => {
      const outcomes = [];
      for (const trick of [${list}]) {
        try { outcomes.push("got " + String(await trick())); } catch { outcomes.push("refused"); }
      }
      const answer = await fetch("${origin}/fetch");
      postMessage({ outcomes, violations, status: answer.status });
    })();`,
  );
  const page = await openPage(context, node.url);
  const [script = ""] = readdirSync(`${dist.folder}/assets`).filter((file) =>
    /^http\.worker-.*\.js$/.test(file),
  );
  const told = await page.evaluate(
    (name) =>
      new Promise<Readonly<Record<string, unknown>>>((resolve) => {
        const worker = new Worker(new URL(`assets/${name}`, location.href), { type: "module" });
        worker.addEventListener("message", ({ data }: MessageEvent) => resolve(data as never));
      }),
    script,
  );
  expect(told["outcomes"]).toEqual(tricks.map(() => "refused"));
  // A refusal of the policy's, and not of a host that is not there.
  const connects = (told["violations"] as string[]).filter((rule) => rule === "connect-src");
  expect(connects).toHaveLength(3);
  expect(told["status"]).toBe(200);
  expect(foreign.requests.map(({ url }) => url)).toEqual(["/fetch"]);
});

test("a visit without a grant loads nothing of it", async ({ visit, world }) => {
  const scripts: string[] = [];
  visit.page.on("request", (request) => scripts.push(new URL(request.url()).pathname));
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText("Exited with code 0");
  expect(scripts.filter((path) => path.includes("kernel.worker"))).not.toEqual([]);
  const ofRequests = /\/http(\.worker|-parts)-/;
  expect(scripts.filter((path) => ofRequests.test(path))).toEqual([]);
  const built = readdirSync(`${DIST_FOLDER}/assets`);
  expect(built.filter((name) => ofRequests.test(`/${name}`) && name.endsWith(".js"))).toHaveLength(
    2,
  );
});
