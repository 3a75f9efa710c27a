/** Tabs that meet at a relay, and the relay itself. */
import { copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import type { BrowserContext, Page, Request } from "playwright";
import { build } from "vite";
import { chromiumLaunch } from "../../src/cli/chromium.ts";
import { startLocalNode } from "../../src/cli/index.ts";
import { toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { ownPage } from "../own-page.ts";
import { measureRelay } from "./relay.ts";
import type { RelayAddresses } from "./relay-addresses.ts";
import { startRelayHost } from "./relay-host.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PRODUCT_CONFIG = fileURLToPath(new URL("../../vite.config.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const IMAGE_BYTES = 4_000_000;
const PROGRAM = fileURLToPath(new URL("../../public/images/pid0/bin/main.wasm", import.meta.url));
/** Of script and wasm before the first byte of the first process. */
const FIRST_KB = 300;

interface Scope {
  serveTab(): Promise<string>;
  measure(timing: Timing, address: string): Promise<Row[]>;
  serveRelayed(at: RelayAddresses): Promise<string>;
  measureRelayed(at: RelayAddresses, serverId: string, timing: Timing): Promise<Row[]>;
}

export async function measureMesh(folder: string, timing: Timing): Promise<Row[]> {
  const distFolder = join(folder, "dist");
  await build({
    root: HERE,
    configFile: PRODUCT_CONFIG,
    logLevel: "error",
    build: { outDir: distFolder, emptyOutDir: true },
    plugins: [ownPage(join(HERE, "index.html"))],
  });
  const image = await makeImage(join(folder, "image"));
  await using node = await startLocalNode({ port: 0, images: [image], distFolder });
  const { args, ...launch } = chromiumLaunch();
  const switches = [...args, "--allow-loopback-in-peer-connection"];
  const browser = await chromium.launch({ ...launch, args: switches });
  try {
    const permissions = ["camera", "microphone"];
    const open = async (context: BrowserContext): Promise<Page> => {
      const page = await context.newPage();
      page.on("console", (message) => console.error(message.text()));
      page.on("pageerror", (error) => console.error(error.message));
      await page.goto(node.url);
      return page;
    };
    const server = await open(await browser.newContext({ permissions }));
    const client = await open(server.context());
    const address = await server.evaluate(() => (globalThis as unknown as Scope).serveTab());
    const rows = await client.evaluate(
      ([given, at]) => (globalThis as unknown as Scope).measure(given, at),
      [timing, address] as const,
    );
    rows.push(...(await measureOverRelay(server, client, timing)));
    return [...rows, await measureFirstBytes(folder), ...(await measureRelay(timing))];
  } finally {
    await browser.close();
  }
}

async function measureOverRelay(server: Page, client: Page, timing: Timing): Promise<Row[]> {
  await using host = await startRelayHost();
  const id = await server.evaluate(
    (at) => (globalThis as unknown as Scope).serveRelayed(at),
    host.addresses,
  );
  return await client.evaluate(
    ([at, serverId, given]) => (globalThis as unknown as Scope).measureRelayed(at, serverId, given),
    [host.addresses, id, timing] as const,
  );
}

/** As large as the table says. @returns its folder */
async function makeImage(folder: string): Promise<string> {
  await mkdir(join(folder, "bin"), { recursive: true });
  await copyFile(PROGRAM, join(folder, "bin/main.wasm"));
  const bytes = new Uint8Array(IMAGE_BYTES);
  for (let at = 0, value = 1; at < bytes.length; at++) {
    value = (value * 48271) % 0x7fff_ffff;
    bytes[at] = value;
  }
  await writeFile(join(folder, "data"), bytes);
  return folder;
}

/** What the product's page has asked for when a program's first bytes are on the screen, but for the image; gzipped. */
async function measureFirstBytes(folder: string): Promise<Row> {
  const distFolder = join(folder, "product");
  await build({ root: ROOT, logLevel: "error", build: { outDir: distFolder, emptyOutDir: true } });
  const images = [fileURLToPath(new URL("../../public/images/shell", import.meta.url))];
  await using node = await startLocalNode({ port: 0, images, distFolder });
  const browser = await chromium.launch(chromiumLaunch());
  try {
    const page = await browser.newPage();
    /** Each once: further workers have theirs from the browser's cache. */
    const asked = new Map<string, Request>();
    page.context().on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (/\.(?:js|wasm)$/.test(pathname) && !asked.has(pathname)) asked.set(pathname, request);
    });
    await page.addInitScript(noteFirstBytes);
    await page.goto(`${node.url}#${node.images[0]?.path ?? ""}`);
    await page.locator(".xterm-rows").getByText("ww>").waitFor();
    const shownMs = await page.evaluate(() => (globalThis as { shownMs?: number }).shownMs ?? 0);
    const before = [...asked];
    let bytes = 0;
    for (const [path, request] of before) {
      await (await request.response())?.finished();
      if (request.timing().startTime < shownMs)
        bytes += await measureGzipped(join(distFolder, path));
    }
    const what = "script and wasm until a program has written, gzip, KB";
    return toRowAtMost(what, bytes / 1000, FIRST_KB, "limit", 1);
  } finally {
    await browser.close();
  }
}

/** In the page: when the terminal showed something first, since 1970. */
function noteFirstBytes(): void {
  const watcher = new MutationObserver(() => {
    const text = document.querySelector(".xterm-rows")?.textContent?.trim() ?? "";
    if (text === "") return;
    watcher.disconnect();
    Object.assign(globalThis, { shownMs: Date.now() });
  });
  watcher.observe(document, { childList: true, subtree: true, characterData: true });
}

/** A file that does not become smaller is served as it is. */
async function measureGzipped(file: string): Promise<number> {
  const found = await stat(`${file}.gz`).catch(() => stat(file));
  return found.size;
}
