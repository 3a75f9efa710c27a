/** Tabs that meet at a relay, and the relay itself. */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import type { BrowserContext, Page } from "playwright";
import { build } from "vite";
import { chromiumLaunch } from "../../src/cli/chromium.ts";
import { startLocalNode } from "../../src/cli/index.ts";
import { toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { ownPage } from "../own-page.ts";
import { measureRelay } from "./relay.ts";

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
    return [...rows, await measureFirstBytes(folder), ...(await measureRelay(timing))];
  } finally {
    await browser.close();
  }
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

/** What the product's page loads until a program has written, but for the image; compressed. */
async function measureFirstBytes(folder: string): Promise<Row> {
  const distFolder = join(folder, "product");
  await build({ root: ROOT, logLevel: "error", build: { outDir: distFolder, emptyOutDir: true } });
  const images = [fileURLToPath(new URL("../../public/images/shell", import.meta.url))];
  await using node = await startLocalNode({ port: 0, images, distFolder });
  const browser = await chromium.launch(chromiumLaunch());
  try {
    const page = await browser.newPage();
    /** Each once: further workers have theirs from the browser's cache. */
    const sizes = new Map<string, Promise<number>>();
    page.context().on("requestfinished", (request) => {
      const url = request.url();
      if (!/\.(?:js|wasm)$/.test(new URL(url).pathname) || sizes.has(url)) return;
      sizes.set(
        url,
        request.sizes().then(({ responseBodySize }) => responseBodySize),
      );
    });
    await page.goto(`${node.url}#${node.images[0]?.path ?? ""}`);
    await page.locator(".xterm-rows").getByText("ww>").waitFor();
    const before = [...sizes.values()];
    const kb = (await Promise.all(before)).reduce((sum, size) => sum + size, 0) / 1000;
    const what = "script and wasm until a program has written, KB";
    return toRowAtMost(what, kb, FIRST_KB, "limit", 1);
  } finally {
    await browser.close();
  }
}
