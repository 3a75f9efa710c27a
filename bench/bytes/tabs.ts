/** The product's page in a browser that keeps what it stores on disk, as a visitor's does, and what browsers do by themselves. */
import { rm } from "node:fs/promises";
import { chromium } from "playwright";
import type { BrowserContext, Page, Route } from "playwright";
import { chromiumLaunch } from "../../src/cli/chromium.ts";
import type { Owner } from "#schema";
import { parseParts } from "./hosts.ts";
import type { Parts } from "./hosts.ts";

const PIECE_BYTES = 64 * 1024;

export interface Browser extends AsyncDisposable {
  openTab(url: string): Promise<Tab>;
  openBare(url: string): Promise<Bare>;
}

/** A page that runs images. */
export interface Tab {
  /** What the program says of itself. */
  run(layer: string, args: readonly string[]): Promise<Parts>;
  /** How many ms it takes from the first piece of the program's output to the last. */
  timeOutput(layer: string, args: readonly string[]): Promise<number>;
  /** What the program says when it was fed so many bytes, in pieces of 64 KiB. */
  feed(layer: string, args: readonly string[], bytes: number): Promise<Parts>;
}

/** A page without anything of ours; each gives the ms that it took. */
export interface Bare {
  /** So many bytes from a worker, in transferred pieces of 64 KiB. */
  timeMoved(bytes: number): Promise<number>;
  /** So many bytes to a file of the origin's private file system and back, in pieces of 64 KiB. */
  timeFile(bytes: number): Promise<number>;
}

export async function openBrowser(profile: string): Promise<Browser> {
  await rm(profile, { recursive: true, force: true });
  const context = await chromium.launchPersistentContext(profile, chromiumLaunch());
  return {
    openTab: async (url) => toTab(await openPage(context, url)),
    async openBare(url) {
      const page = await context.newPage();
      await page.route("**/*", dropPolicy);
      await page.goto(url);
      return toBare(page);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error.message));
  await page.goto(url);
  return page;
}

interface PageGlobals {
  readonly ww: { owner(): Promise<Owner> };
}

interface Ran {
  readonly stderr: string;
  readonly outputMs: number;
}

function toTab(page: Page): Tab {
  const run = async (layer: string, args: readonly string[], feedBytes = 0): Promise<Ran> =>
    await page.evaluate(
      async ({ order, feedBytes, pieceBytes }) => {
        const { ww } = globalThis as unknown as PageGlobals;
        const booted = (await ww.owner()).boot(order);
        const { run } = booted;
        let stderr = "";
        let firstMs = 0;
        let lastMs = 0;
        const readErrors = async (): Promise<void> => {
          const { stream } = run.stderr();
          for (;;) {
            const { data } = await stream.read(pieceBytes);
            if (data.length === 0) return;
            stderr += String.fromCharCode(...data);
          }
        };
        const readOutput = async (): Promise<void> => {
          const { stream } = run.stdout();
          // Three reads are always under way, as the page has it.
          const reads = [1, 2, 3].map(() => stream.read(4 * pieceBytes));
          for (;;) {
            using read = await reads.shift();
            if (read === undefined || read.data.length === 0) return;
            reads.push(stream.read(4 * pieceBytes));
            lastMs = performance.now();
            firstMs ||= lastMs;
          }
        };
        const feed = async (): Promise<void> => {
          const { stream } = run.stdin();
          const piece = new Uint8Array(pieceBytes).fill(7);
          const writes: PromiseLike<unknown>[] = [];
          for (let fed = 0; fed < feedBytes; fed += piece.length) {
            writes.push(stream.write(piece));
            if (writes.length >= 3) await writes.shift();
          }
          await Promise.all(writes);
          await stream.close();
        };
        await Promise.all([readErrors(), readOutput(), feed()]);
        const { outcome } = await run.wait();
        booted[Symbol.dispose]();
        if (outcome.which !== "exited" || outcome.exited !== 0) {
          throw new Error(`${JSON.stringify(outcome)} ${stderr}`);
        }
        return { stderr, outputMs: lastMs - firstMs };
      },
      { order: { layers: [layer], args }, feedBytes, pieceBytes: PIECE_BYTES },
    );
  return {
    run: async (layer, args) => parseParts((await run(layer, args)).stderr),
    timeOutput: async (layer, args) => (await run(layer, args)).outputMs,
    feed: async (layer, args, bytes) => parseParts((await run(layer, args, bytes)).stderr),
  };
}

/** Says how many ms passed until it had sent or stored what it was told to. */
const SENDER = `onmessage = ({ data }) => {
  for (let left = data; left > 0; left -= 65536) {
    const piece = new Uint8Array(65536).fill(7);
    postMessage(piece, [piece.buffer]);
  }
};`;
const STORER = `onmessage = async ({ data }) => {
  const folder = await navigator.storage.getDirectory();
  const file = await (await folder.getFileHandle("bare", { create: true })).createSyncAccessHandle();
  const piece = new Uint8Array(65536).fill(7);
  const before = performance.now();
  for (let at = 0; at < data; at += piece.length) file.write(piece, { at });
  for (let at = 0; at < data; at += piece.length) file.read(piece, { at });
  const passed = performance.now() - before;
  file.close();
  await folder.removeEntry("bare");
  postMessage(passed);
};`;

function toBare(page: Page): Bare {
  const time = async (script: string, bytes: number): Promise<number> =>
    await page.evaluate(
      async ({ script, bytes }) => {
        const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
        const worker = new Worker(address);
        const { promise, resolve } = Promise.withResolvers<number>();
        let left = bytes;
        let firstMs = 0;
        worker.onmessage = ({ data }: MessageEvent<Uint8Array | number>) => {
          if (typeof data === "number") return resolve(data);
          firstMs ||= performance.now();
          left -= data.length;
          if (left <= 0) resolve(performance.now() - firstMs);
        };
        worker.postMessage(bytes);
        const passed = await promise;
        worker.terminate();
        return passed;
      },
      { script, bytes },
    );
  return {
    timeMoved: (bytes) => time(SENDER, bytes),
    timeFile: (bytes) => time(STORER, bytes),
  };
}

async function dropPolicy(route: Route): Promise<void> {
  const response = await route.fetch();
  const { "content-security-policy": _, ...headers } = response.headers();
  await route.fulfill({ response, headers });
}
