/** Runs hostile programs in the product's own page: what others notice, what they take, and how soon they stop. */
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import type { Browser, Page } from "playwright";
import { build } from "vite";
import { encodeLink } from "#image";
import type { Owner } from "#schema";
import { chromiumLaunch } from "../../src/cli/chromium.ts";
import { startLocalNode } from "../../src/cli/index.ts";
import type { LocalNode } from "../../src/cli/index.ts";
import { readResidentBytes } from "../../src/cli/resident-bytes.ts";
import { toRow, toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { SPIN } from "./floods.ts";
import { makeImages, toPath } from "./images.ts";
import type { BenchImages } from "./images.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MODES = ["shared-memory", "jspi"] as const;
const MB = 1024 * 1024;
/** What the cells that hoard may have. */
const MEMORY_BYTES = 64 * MB;
/** What a renderer takes beside, and what garbage it leaves for a while. */
const BESIDE_BYTES = 100 * MB;
const THINGS = ["memory", "files", "names", "churn", "hard-links", "directories"] as const;
/** Longer is felt. */
const FELT_MS = 50;
const STOP_MS = 100;
/** No stage is further away. */
const STAGE_MS = 30_000;
/** By then, what hoards has all that it can get. */
const HOARDING_MS = 5000;

export async function measureFairness(folder: string, timing: Timing): Promise<Row[]> {
  const distFolder = `${folder}/dist`;
  await build({ root: ROOT, logLevel: "error", build: { outDir: distFolder, emptyOutDir: true } });
  const images = await makeImages(folder);
  const { floods, hoard, large } = images;
  await using node = await startLocalNode({ port: 0, images: [floods, hoard, large], distFolder });
  const browser = await chromium.launch(chromiumLaunch());
  try {
    return [
      ...(await measureEchoes(browser, node, images, timing)),
      ...(await measureHoards(browser, node)),
      ...(await measureStops(browser, node, timing)),
    ];
  } finally {
    await browser.close();
  }
}

function pathOf(node: LocalNode, image: string): string {
  const found = node.images.find(({ name }) => name === image);
  if (found === undefined) throw new Error(`There is no image "${image}"`);
  return found.path;
}

interface Echoes {
  readonly p50: number;
  readonly p99: number;
}

async function measureEchoes(
  browser: Browser,
  node: LocalNode,
  { floodNames }: BenchImages,
  { turnMs, turns }: Timing,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const mode of MODES) {
    const measured = new Map<string, Echoes>();
    for (const name of floodNames) {
      await using tab = await openTab(browser, `${node.url}?cells=${mode}`);
      const args = [toPath(name), `${turnMs * turns}`];
      measured.set(name, JSON.parse(await run(tab.page, pathOf(node, "floods"), args)) as Echoes);
    }
    const spin = measured.get(SPIN) ?? { p50: 0, p99: 0 };
    for (const [name, { p50, p99 }] of measured) {
      if (name === SPIN) continue;
      const measure = `echo beside "${name}", ${mode}`;
      rows.push(
        toRow(`${measure}, p50, ms`, p50, spin.p50, "beside a spin", 0, spin.p50 / p50),
        toRowAtMost(`${measure}, p99, ms`, p99, Math.max(FELT_MS, 3 * spin.p99), "limit", 1),
      );
    }
  }
  return rows;
}

async function measureHoards(browser: Browser, node: LocalNode): Promise<Row[]> {
  const rows: Row[] = [];
  for (const thing of THINGS) {
    await using tab = await openTab(browser, node.url);
    const before = await readResidentBytes(browser);
    start(tab.page, pathOf(node, "hoard"), [thing], { memoryBytes: MEMORY_BYTES });
    let peak = 0;
    for (const end = performance.now() + HOARDING_MS; performance.now() < end;) {
      peak = Math.max(peak, (await readResidentBytes(browser)) - before);
    }
    const limit = (1.5 * MEMORY_BYTES + BESIDE_BYTES) / MB;
    rows.push(toRowAtMost(`peak of a cell that takes ${thing}, MB`, peak / MB, limit, "limit", 1));
  }
  return rows;
}

/** From the press of Stop to the word that the run was stopped, in a page of its own for each stage of a boot. */
async function measureStops(browser: Browser, node: LocalNode, { turns }: Timing): Promise<Row[]> {
  const stages: ReadonlyArray<readonly [stage: string, image: string, args: string[]]> = [
    ["opens", "large", []],
    ["fetches", "large", []],
    ["compiles", "large", []],
    ["is busy", "hoard", ["churn"]],
    ["waits", "hoard", []],
  ];
  const rows: Row[] = [];
  for (const mode of MODES) {
    for (const [stage, image, args] of stages) {
      const times: number[] = [];
      for (let turn = 0; turn < turns; turn++) {
        await using tab = await openTab(browser, `${node.url}?cells=${mode}`);
        times.push(await timeStop(tab.page, pathOf(node, image), args, stage));
      }
      const longest = Math.max(...times);
      rows.push(
        toRowAtMost(`Stop while it ${stage}, ${mode}, longest, ms`, longest, STOP_MS, "limit", 1),
      );
    }
  }
  return rows;
}

const REACHED: Readonly<Record<string, RegExp>> = {
  opens: /Opening/,
  fetches: /Fetching: [1-9]/,
  compiles: /Preparing/,
  "is busy": /Running/,
  waits: /Running/,
};

async function timeStop(
  page: Page,
  path: string,
  args: readonly string[],
  stage: string,
): Promise<number> {
  const { source, flags } = REACHED[stage] ?? /./;
  // Some stages are shown for less than a frame, so Stop is pressed as soon as one is there.
  const stopping = page.evaluate(
    async ({ source, flags, limitMs }) => {
      const reached = new RegExp(source, flags);
      const limit = performance.now() + limitMs;
      // oxlint-disable-next-line unicorn/consistent-function-scoping -- what is around it does not come along
      const shows = (pattern: RegExp): boolean =>
        pattern.test(document.querySelector("[role=status]")?.textContent ?? "");
      // oxlint-disable-next-line unicorn/consistent-function-scoping -- likewise
      const findStop = (): HTMLElement | undefined =>
        [...document.querySelectorAll("button")].find((button) => button.textContent === "Stop");
      const until = (isSo: () => boolean): Promise<void> =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            if (isSo()) resolve();
            else if (performance.now() > limit)
              reject(new Error(`The page never showed ${source}`));
            else return;
            observer.disconnect();
            clearInterval(timer);
          };
          const observer = new MutationObserver(look);
          const timer = setInterval(look, 1000);
          observer.observe(document.body, { childList: true, characterData: true, subtree: true });
          look();
        });
      await until(() => shows(reached) && findStop() !== undefined);
      const before = performance.now();
      findStop()?.click();
      await until(() => shows(/Stopped|Killed|killed|Exited/));
      return performance.now() - before;
    },
    { source, flags, limitMs: STAGE_MS },
  );
  // As a visitor has it run: the page shows a status of what its address names.
  await page.evaluate((path) => location.assign(`#${path}`), encodeLink([path], { args }));
  return stopping;
}

interface Tab extends AsyncDisposable {
  readonly page: Page;
}

/** A renderer and a storage of its own. */
async function openTab(browser: Browser, url: string): Promise<Tab> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error.message));
  await page.goto(url);
  return { page, [Symbol.asyncDispose]: () => context.close() };
}

interface PageGlobals {
  readonly ww: { owner(): Promise<Owner> };
}

/** What the program has written, once it has ended by itself. */
async function run(page: Page, path: string, args: readonly string[]): Promise<string> {
  return await page.evaluate(
    async (order) => {
      const { ww } = globalThis as unknown as PageGlobals;
      const booted = (await ww.owner()).boot(order);
      const { stream } = booted.run.stdout();
      let written = "";
      for (;;) {
        const { data } = await stream.read(65_536);
        if (data.length === 0) break;
        written += String.fromCharCode(...data);
      }
      const { outcome } = await booted.run.wait();
      booted[Symbol.dispose]();
      if (outcome.which !== "exited") throw new Error(JSON.stringify(outcome));
      return written;
    },
    { layers: [path], args },
  );
}

function start(
  page: Page,
  path: string,
  args: readonly string[],
  limits: Readonly<Record<string, number>>,
): void {
  void page
    .evaluate(
      async (order) => {
        const { ww } = globalThis as unknown as PageGlobals;
        const { run } = (await ww.owner()).boot(order);
        await run.keep();
        // Somebody reads it, as the page does.
        const { stream } = run.stdout();
        while ((await stream.read(65_536)).data.length > 0);
      },
      { layers: [path], args, limits },
    )
    .catch(() => undefined); // its page is closed
}
