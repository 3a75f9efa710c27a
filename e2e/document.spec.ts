/** One document of a cell, on a page whose host is no local node: it is shown, and reaches nothing. */
import { createReadStream } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { BrowserContext, FrameLocator, Page } from "playwright/test";
import { DIST_FOLDER, expect, hasHttpC, test } from "./fixtures.ts";
import { startFakeGateway } from "./fake-gateway.ts";
import { writeHostileDocument } from "./guests/serves-documents/hostile.ts";
import { startServer } from "./test-server.ts";
import type { Server } from "./test-server.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};
/** What our own page sends, and a host that only has files does not. */
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

interface Far extends AsyncDisposable {
  readonly origin: string;
  /** How many have connected, with a request or without. */
  readonly count: () => number;
}

/** A server that nothing may reach. */
async function startFar(): Promise<Far> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => undefined);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => connections,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

/** The built page at a host that has files and nothing else. */
async function startHost(gateway: string, headers: Record<string, string>): Promise<Server> {
  return startServer(({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://host");
    if (pathname === "/config.json") {
      response.writeHead(200, { ...headers, "content-type": "application/json" });
      response.end(JSON.stringify({ gateways: [gateway], relays: [] }));
      return;
    }
    const file = createReadStream(join(DIST_FOLDER, pathname === "/" ? "index.html" : pathname));
    file.on("error", () => response.writeHead(404).end());
    file.on("open", () => {
      response.writeHead(200, {
        ...headers,
        "content-type": TYPES[extname(pathname)] ?? TYPES[".html"],
      });
      file.pipe(response);
    });
  });
}

async function openImage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await expect(page.getByRole("status")).toHaveText(/^Running/);
  await page.locator("#preview summary").click();
  return page;
}

async function showDocument(page: Page, path: string): Promise<FrameLocator> {
  await page.getByRole("textbox", { name: "Its path" }).fill(path);
  await page.getByRole("button", { name: "Show its page" }).click();
  return page.frameLocator("#preview iframe");
}

test("a hostile document reaches its servers where nothing holds it back", async ({ context }) => {
  await using far = await startFar();
  await using plain = await startServer((_request, response) =>
    response
      .writeHead(200, { "content-type": "text/html" })
      .end(writeHostileDocument(far.origin, "http://127.0.0.1:1")),
  );
  const page = await context.newPage();
  await page.goto(plain.origin, { waitUntil: "commit" });
  await expect.poll(far.count).toBeGreaterThan(0);
});

for (const [host, headers] of [
  ["a host without headers", {}],
  ["an isolated page", ISOLATED],
] as const) {
  test(`a hostile document is shown and reaches nothing: ${host}`, async ({ context, world }) => {
    await using far = await startFar();
    await using gateway = await startFakeGateway(world.node.url);
    await using site = await startHost(gateway.url, headers);
    const path = world.path("serves-documents");
    const origins = `?arg=${far.origin}&arg=${site.origin}`;
    const page = await openImage(context, `${site.origin}/#${path}${origins}`);
    // The last that the page asks for by itself, once the program is there.
    await expect.poll(() => site.requests.map(({ url }) => url)).toContain("/config.json?relays");
    const [seen, address] = [site.requests.length, page.url()];
    const frame = await showDocument(page, "/");
    await expect(frame.getByRole("heading")).toHaveText("Shown");

    for (const id of ["plain", "same", "parent", "top", "own", "script", "animated", "send"]) {
      const target = frame.locator(`#${id}`);
      await target.click();
      await target.click({ modifiers: ["Control"] });
      await target.click({ button: "middle" });
      await target.press("Enter");
      await expect(frame.getByRole("heading")).toHaveText("Shown");
    }
    const frames = await showDocument(page, "/frames");
    await expect(frames.locator("frameset")).toBeAttached();
    await page.waitForTimeout(500);
    expect(far.count()).toBe(0);
    // The page itself has another worker wait for the next cell.
    const asked = site.requests.slice(seen).map(({ url = "" }) => url);
    expect(asked.filter((url) => !url.startsWith("/assets/"))).toEqual([]);
    expect(await page.title()).toMatch(/^bafybe…\w{6} – Wetware$/);
    expect(context.pages()).toHaveLength(1);
    expect(page.url()).toBe(address);
    const kept = await page.evaluate(async () => ({
      cookie: document.cookie,
      stored: localStorage.getItem("reached"),
      databases: (await indexedDB.databases()).map(({ name }) => name),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }));
    expect(kept).toMatchObject({ cookie: "", stored: null, workers: 0 });
    expect(kept.databases).not.toContain("reached");
  });
}

test("what is no document is a sentence, and a document goes with its run", async ({
  context,
  world,
}) => {
  await using gateway = await startFakeGateway(world.node.url);
  await using site = await startHost(gateway.url, {});
  const path = world.path("serves-documents");
  const page = await openImage(context, `${site.origin}/#${path}`);
  const panel = page.locator("#preview");
  await showDocument(page, "/endless");
  await expect(panel).toContainText('Cannot show "/endless" (status 200): it is larger than 8 MiB');
  await showDocument(page, "/text");
  await expect(panel).toContainText(
    'Cannot show "/text" (status 200): the program does not call it HTML',
  );
  const frame = await showDocument(page, "plain");
  await expect(frame.getByRole("heading")).toHaveText("One document");
  await expect(page.locator("#preview summary")).toHaveText("Previews: 1");
  await frame.getByRole("link").click();
  await expect.poll(() => frame.locator("#end").evaluate(() => scrollY)).toBeGreaterThan(0);
  await panel.getByRole("button", { name: "Close" }).click();
  await expect(panel.locator("iframe")).toHaveCount(0);
  await showDocument(page, "/plain");
  await expect(frame.getByRole("heading")).toHaveText("One document");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(panel.locator("iframe")).toHaveCount(0);
  await expect(panel.getByRole("button", { name: "Show its page" })).toBeDisabled();
});

test("sample images show what they serve where there is no local node", async ({
  context,
  world,
}) => {
  await using gateway = await startFakeGateway(world.node.url);
  await using site = await startHost(gateway.url, ISOLATED);
  const page = await openImage(context, `${site.origin}/#${world.path("web")}`);
  const frame = await showDocument(page, "/");
  await expect(frame.getByRole("heading")).toHaveText("Served by a cell");
  // Its scripts do not run, so nothing is counted.
  await expect(frame.locator("#visits")).toHaveText("?");
  test.skip(!hasHttpC, "there is no C compiler");
  const other = await openImage(context, `${site.origin}/#${world.path("http-c")}`);
  await showDocument(other, "/");
  await expect(other.locator("#preview")).toContainText("the program does not call it HTML");
});
