/** A sandbox of a tab, driven by the SDK in another page of the same browser: no server has any part in it. */
import type { BrowserContext, Page } from "playwright/test";
import { BOUNDS } from "#agent";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { expect, test } from "./fixtures.ts";

interface Door {
  readonly ww: ProgramDoor;
}

interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

interface Answered {
  readonly status: number;
  readonly policy: string | null;
  readonly text: string;
}

/** A page below the path that the service worker has, as a host of the page may have any. */
const DRIVER = "sandbox/driver.html";

async function openDriver(context: BrowserContext, url: string): Promise<Page> {
  await context.route(`**/${DRIVER}`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><title>driver</title>" }),
  );
  const driver = await context.newPage();
  await driver.goto(new URL(DRIVER, url).href);
  return driver;
}

/** Opens a sandbox that lasts as long as the page. Resolves to its URL. */
async function openSandbox(page: Page, layer: string, name: string): Promise<string> {
  return page.evaluate(
    async ({ order, asked }) => {
      const { ww } = globalThis as unknown as Door;
      const kept = await ww.sandbox(order, asked);
      Object.assign(globalThis, { kept });
      return kept.url;
    },
    { order: { layers: [layer] }, asked: name },
  );
}

test("programs of a browser reach a tab's sandbox by its URL, as long as it is there", async ({
  world,
  visit,
  context,
}) => {
  await visit.open();
  const layers = [world.path("pid0")];
  const urls = await visit.page.evaluate(
    async (order) => {
      const { ww } = globalThis as unknown as Door;
      const [first, second] = [await ww.sandbox(order, "mine"), await ww.sandbox(order, "mine")];
      const unnamed = await ww.sandbox(order);
      Object.assign(globalThis, { first, second, unnamed });
      return [first.url, second.url, unnamed.url];
    },
    { layers },
  );
  expect(urls.map((url) => new URL(url).pathname)).toEqual([
    "/sandbox/mine",
    "/sandbox/mine-2",
    "/sandbox/sandbox",
  ]);

  const driver = await openDriver(context, world.node.url);
  const ask = (url: string, init: Asked = {}): Promise<Answered> =>
    driver.evaluate(
      async ([address, options]) => {
        const response = await fetch(address, options);
        const { status, headers } = response;
        return {
          status,
          policy: headers.get("content-security-policy"),
          text: await response.text(),
        };
      },
      [url, init] as const,
    );
  const [mine = "", other = ""] = urls;
  expect(await ask(`${mine}/health`)).toEqual({ status: 204, policy: "sandbox", text: "" });
  const headers = { "content-type": "application/octet-stream" };
  const write = { method: "POST", body: "written", headers };
  expect(await ask(`${mine}/files?path=/tmp/a`, write)).toMatchObject({ status: 200 });
  expect(await ask(`${mine}/files?path=/tmp/a`)).toMatchObject({ status: 200, text: "written" });
  expect(await ask(`${other}/files?path=/tmp/a`)).toMatchObject({ status: 404 });
  // It is no part of a page, whoever asks.
  const loads = (tag: "script" | "img"): Promise<string> =>
    driver.evaluate(
      ([name, url]) =>
        new Promise<string>((resolve) => {
          const element = document.createElement(name as "script");
          element.src = url as string;
          element.addEventListener("load", () => resolve("loaded"));
          element.addEventListener("error", () => resolve("refused"));
          document.body.append(element);
        }),
      [tag, `${mine}/files?path=/tmp/a`],
    );
  expect(await loads("script")).toBe("refused");
  expect(await loads("img")).toBe("refused");

  await visit.page.evaluate(() => {
    const { first } = globalThis as unknown as { first: Disposable };
    first[Symbol.dispose]();
  });
  expect(await ask(`${mine}/health`)).toMatchObject({ status: 503 });
  expect(await ask(`${other}/health`)).toMatchObject({ status: 204 });
  await visit.page.close();
  const gone = await ask(`${other}/health`);
  expect(gone.status).toBe(503);
  expect(gone.text).toContain("No tab of this browser has a sandbox");
});

test("two tabs that want one name have a sandbox each, and the name is free when its tab is gone", async ({
  world,
  visit,
  context,
}) => {
  const open = (page: Page): Promise<string> => openSandbox(page, world.path("pid0"), "mine");
  const pages = [visit.page, await context.newPage(), await context.newPage()];
  for (const page of pages) await page.goto(world.node.url);
  const [first, second, third] = pages as [Page, Page, Page];
  const urls = [await open(first), await open(second)];
  expect(urls.map((url) => new URL(url).pathname)).toEqual(["/sandbox/mine", "/sandbox/mine-2"]);
  const driver = await openDriver(context, world.node.url);
  const write = async (url: string, body: string): Promise<number> =>
    driver.evaluate(
      async ([at, text]) => {
        const headers = { "content-type": "application/octet-stream" };
        return (await fetch(`${at}/files?path=/at`, { method: "POST", body: text, headers }))
          .status;
      },
      [url, body] as const,
    );
  const read = async (url: string): Promise<string> =>
    driver.evaluate(async (at) => (await fetch(`${at}/files?path=/at`)).text(), url);
  for (const url of urls) expect(await write(url, url)).toBe(200);
  for (const url of urls) expect(await read(url)).toBe(url);
  await first.close();
  await expect(async () => {
    expect(new URL(await open(third)).pathname).toBe("/sandbox/mine");
  }).toPass();
  expect(await read(urls[0] ?? "")).not.toBe(urls[0]);
  expect(await read(urls[1] ?? "")).toBe(urls[1]);
});

test("the page lists the sandboxes that programs have opened in it, and ends them", async ({
  world,
  visit,
  context,
}) => {
  const { page } = visit;
  await visit.open();
  await expect(page.locator("#sandboxes")).toHaveCount(0);
  await page.evaluate(
    async (order) => {
      const { ww } = globalThis as unknown as Door;
      const [mine, other] = [await ww.sandbox(order, "mine"), await ww.sandbox(order, "other")];
      Object.assign(globalThis, { mine, other });
    },
    { layers: [world.path("spins")] },
  );
  const list = page.locator("#sandboxes");
  await expect(list.getByText("Sandboxes: 2")).toBeVisible();
  await list.locator("summary").click();
  const mine = list.getByRole("listitem").filter({ hasText: "mine" });
  await expect(mine).toContainText(`${world.node.url}sandbox/mine`);
  await expect(mine).toContainText("0 processes");
  const driver = await openDriver(context, world.node.url);
  const ended = driver.evaluate(async (url) => {
    const frame = new TextEncoder().encode(JSON.stringify({ process: { cmd: "/bin/main.wasm" } }));
    const body = new Uint8Array(5 + frame.length);
    new DataView(body.buffer).setUint32(1, frame.length);
    body.set(frame, 5);
    const headers = { "content-type": "application/connect+json", "connect-protocol-version": "1" };
    const response = await fetch(`${url}/process.Process/Start`, { method: "POST", headers, body });
    return response.text().then(
      () => "ended",
      () => "cut",
    );
  }, `${world.node.url}sandbox/mine`);
  await expect(mine).toContainText("1 process");
  await list.getByRole("button", { name: "End mine" }).click();
  await expect(list.getByText("Sandboxes: 1")).toBeVisible();
  expect(await ended).toMatch(/ended|cut/);
  const status = await driver.evaluate(
    async (url) => (await fetch(`${url}/health`)).status,
    `${world.node.url}sandbox/mine`,
  );
  expect(status).toBe(503);
  await page.evaluate(() =>
    (globalThis as unknown as { other: Disposable }).other[Symbol.dispose](),
  );
  await expect(list).toHaveCount(0);
});

test("what a tab was answering when it is closed ends with it, and is not taken for whole", async ({
  world,
  visit,
  context,
}) => {
  await visit.open();
  const url = await openSandbox(visit.page, world.path("pid0"), "a/b ü%2f?#");
  const driver = await openDriver(context, world.node.url);
  const seen = await driver.evaluate(async (address) => {
    const { status } = await fetch(`${address}/health`);
    const body = new Blob([new Uint8Array(64 * 1024 * 1024)]);
    const headers = { "content-type": "application/octet-stream" };
    const written = await fetch(`${address}/files?path=/large`, { method: "POST", body, headers });
    const large = await fetch(`${address}/files?path=/large`);
    const reader = large.body?.getReader();
    const first = await reader?.read();
    Object.assign(globalThis, { reader });
    return [status, written.status, large.status, (first?.value?.length ?? 0) > 0];
  }, url);
  expect(seen).toEqual([204, 200, 200, true]);
  await visit.page.close();
  const rest = await driver.evaluate(async () => {
    const { reader } = globalThis as unknown as { reader: ReadableStreamDefaultReader };
    try {
      while (!(await reader.read()).done);
      return "whole";
    } catch {
      return "cut";
    }
  });
  expect(rest).toBe("cut");
  const broken = new URL("/sandbox/%ff/health", url).href;
  expect(await driver.evaluate(async (at) => (await fetch(at)).status, broken)).toBe(503);
});

test("what is under way when the browser ends the service worker fails at once, and the next request works", async ({
  world,
  visit,
  context,
}) => {
  await visit.open();
  const url = await openSandbox(visit.page, world.path("pid0"), "mine");
  const driver = await openDriver(context, world.node.url);
  const session = await context.newCDPSession(driver);
  await session.send("ServiceWorker.enable");
  await driver.evaluate(async (address) => {
    const headers = { "content-type": "application/octet-stream" };
    const body = new Blob([new Uint8Array(64 * 1024 * 1024)]);
    await fetch(`${address}/files?path=/large`, { method: "POST", body, headers });
  }, url);
  // As many watchers as there may be: each that stayed would be one too many in the next round.
  for (let round = 0; round < 3; round++) {
    await driver.evaluate(
      async ([address, watchers]) => {
        // oxlint-disable-next-line unicorn/consistent-function-scoping -- what is around it does not come along
        const start = async (response: Response): Promise<ReadableStreamDefaultReader> => {
          const reader = response.body?.getReader();
          if (reader === undefined) throw new Error("There is no body");
          const { value } = await reader.read();
          if (new TextDecoder().decode(value).includes("error")) {
            throw new Error("It is refused");
          }
          return reader;
        };
        const message = new TextEncoder().encode(JSON.stringify({ path: "/" }));
        const frame = new Uint8Array([0, 0, 0, 0, message.length, ...message]);
        const watch = async (): Promise<ReadableStreamDefaultReader> => {
          const headers = { "content-type": "application/connect+json" };
          const at = `${address}/filesystem.Filesystem/WatchDir`;
          return start(await fetch(at, { method: "POST", body: frame, headers }));
        };
        const upload = new ReadableStream<Uint8Array>({
          start: (controller) => controller.enqueue(new Uint8Array(100_000)),
        });
        const headers = { "content-type": "application/octet-stream" };
        const init = { method: "POST", headers, body: upload, duplex: "half" };
        const uploading = fetch(`${address}/files?path=/half`, init).then(
          () => "answered",
          () => "cut",
        );
        const readers = await Promise.all([
          start(await fetch(`${address}/files?path=/large`)),
          ...Array.from({ length: watchers }, watch),
        ]);
        Object.assign(globalThis, { readers, uploading });
      },
      [url, BOUNDS.watchers] as const,
    );
    await session.send("ServiceWorker.stopAllWorkers");
    const ends = await driver.evaluate(async () => {
      const { readers, uploading } = globalThis as unknown as {
        readonly readers: readonly ReadableStreamDefaultReader[];
        readonly uploading: Promise<string>;
      };
      // oxlint-disable-next-line unicorn/consistent-function-scoping -- what is around it does not come along
      const toEnd = async (reader: ReadableStreamDefaultReader): Promise<string> => {
        try {
          while (!(await reader.read()).done);
          return "whole";
        } catch {
          return "cut";
        }
      };
      const late = new Promise<string>((resolve) => setTimeout(() => resolve("late"), 5000));
      const all = [uploading, ...readers.map(toEnd)].map((end) => Promise.race([end, late]));
      return [...new Set(await Promise.all(all))];
    });
    expect(ends).toEqual(["cut"]);
    const ask = (path: string): Promise<number> =>
      driver.evaluate(async (at) => (await fetch(at)).status, url + path);
    expect(await ask("/health")).toBe(204);
    expect(await ask("/files?path=/half")).toBe(404);
  }
});
