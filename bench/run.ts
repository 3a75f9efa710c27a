/** `npm run bench -- <name> [--quick]`: measures in Chromium, prints a table, writes `bench/results/<name>.json`. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { chromium } from "playwright";
import type { Route } from "playwright";
import { build } from "vite";
import { chromiumLaunch } from "../src/cli/chromium.ts";
import { startLocalNode } from "../src/cli/index.ts";
import { CGI_IMAGE, placeCgi } from "./sandbox/cgi-image.ts";
import { measurePreviews } from "./sandbox/previews.ts";
import { placeGuests } from "./cell/guests.ts";
import type { Row, Timing } from "./measure.ts";
import { readResidentBytes } from "../src/cli/resident-bytes.ts";
import { placeComponents } from "./component/guests.ts";
import { measureStarts } from "./caps/starts.ts";
import { IMAGES, placeImages } from "./content/images.ts";
import { measureSandboxes } from "./sandbox/measure.ts";
import { measureBytes } from "./bytes/measure.ts";
import { measureCommand } from "./command/measure.ts";
import { measureFairness } from "./fair/measure.ts";
import { measureMesh } from "./mesh/measure.ts";
import { ownPage } from "./own-page.ts";
import { measureSize } from "./size.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PRODUCT_CONFIG = fileURLToPath(new URL("../vite.config.ts", import.meta.url));
const FULL: Timing = { turnMs: 600, turns: 7, isLong: true };
const QUICK: Timing = { turnMs: 200, turns: 3 };

interface BenchOf {
  /** Sample images that its page can have. */
  readonly images: readonly string[];
  /** Adds to the built page's folder. */
  readonly place?: (folder: string) => Promise<void>;
  /** Whether its page runs code that is generated there, which the product's policy forbids. */
  readonly isLoose?: true;
  /** Measured outside of the page, whose folder this is. */
  readonly beside: (folder: string, timing: Timing) => Promise<readonly Row[]>;
}

const here = (path: string): URL => new URL(path, import.meta.url);

const SAMPLE_IMAGE = fileURLToPath(new URL("../public/images/pid0", import.meta.url));
const HTTP_IMAGE = fileURLToPath(new URL("../public/images/http-c", import.meta.url));
const BUILD_IMAGES = fileURLToPath(new URL("../guests/build.ts", import.meta.url));

/** Those that have a page of their own, in the order in which they are told. */
const BENCHES: Readonly<Record<string, BenchOf>> = {
  rpc: {
    images: [],
    beside: async () => [await measureSize("rpc and capnp", here("rpc/runtime.ts"), 20)],
  },
  caps: {
    images: [],
    beside: async (folder, timing) => [
      ...(await measureInNode("caps/node.ts", [])),
      ...(await measureStarts(folder, timing)),
    ],
  },
  component: {
    images: [],
    place: (folder) => placeComponents(join(folder, "guests")),
    isLoose: true,
    beside: async (folder, timing) => [
      ...(await measureInNode("component/node.ts", [
        join(folder, "guests"),
        JSON.stringify(timing),
      ])),
      await measureSize("linker with its parser", here("component/linker.ts"), 12),
      await measureSize("linker in a cell", here("component/linker-in-cell.ts"), 12),
    ],
  },
  content: {
    images: IMAGES,
    place: placeImages,
    beside: async () => [],
  },
  agent: {
    images: [HTTP_IMAGE, CGI_IMAGE],
    place: placeCgi,
    beside: async (folder, timing) => [
      await measurePreviews(folder, HTTP_IMAGE, timing),
      ...(await measureSandboxes(folder, timing)),
    ],
  },
  cell: {
    images: [SAMPLE_IMAGE],
    place: (folder) => placeGuests(join(folder, "guests")),
    beside: async () => [],
  },
};

/** Those that measure the product's own page, given a folder for what they make. */
const PRODUCT_BENCHES: Readonly<
  Record<string, (folder: string, timing: Timing) => Promise<readonly Row[]>>
> = {
  fair: measureFairness,
  bytes: measureBytes,
  command: measureCommand,
  mesh: measureMesh,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: "boolean" } },
    allowPositionals: true,
  });
  const name = positionals[0] ?? "";
  const bench = BENCHES[name];
  const measureProduct = PRODUCT_BENCHES[name];
  const timing = values.quick === true ? QUICK : FULL;
  const distFolder = fileURLToPath(here(`../.cache/bench/${name}`));
  let rows: readonly Row[];
  if (measureProduct !== undefined) {
    rows = await measureProduct(distFolder, timing);
  } else if (bench !== undefined) {
    const inBrowser = await measureInBrowser(name, distFolder, bench, timing);
    rows = [...inBrowser, ...(await bench.beside(distFolder, timing))];
  } else {
    const names = [...Object.keys(BENCHES), ...Object.keys(PRODUCT_BENCHES)];
    console.error(`No bench "${name}": there is ${names.join(", ")}`);
    return 2;
  }
  console.log(toTable(rows));
  const folder = join(HERE, "results");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(rows, undefined, 2)}\n`);
  return 0;
}

/** The page is built and served as the product's is. */
async function measureInBrowser(
  name: string,
  distFolder: string,
  { images, place, isLoose }: BenchOf,
  timing: Timing,
): Promise<readonly Row[]> {
  await build({
    root: join(HERE, name),
    configFile: PRODUCT_CONFIG,
    logLevel: "error",
    build: { outDir: distFolder, emptyOutDir: true },
    plugins: [ownPage(join(HERE, name, "index.html"))],
  });
  if (images.length > 0) await promisify(execFile)(process.execPath, [BUILD_IMAGES]);
  await place?.(distFolder);
  await using node = await startLocalNode({ port: 0, images, distFolder });
  const { args, ...launch } = chromiumLaunch();
  const switches = [...args, "--enable-precise-memory-info", "--js-flags=--expose-gc"];
  const browser = await chromium.launch({ ...launch, args: switches });
  try {
    const tab = await browser.newPage();
    if (isLoose === true) await tab.route("**/*", dropPolicy);
    await tab.exposeFunction("readResidentBytes", () => readResidentBytes(browser));
    tab.on("console", (message) => console.error(message.text()));
    tab.on("pageerror", (error) => console.error(error.message));
    await tab.goto(node.url);
    return await tab.evaluate(
      (given) =>
        (globalThis as unknown as { measure(timing: Timing): Promise<Row[]> }).measure(given),
      timing,
    );
  } finally {
    await browser.close();
  }
}

async function dropPolicy(route: Route): Promise<void> {
  const response = await route.fetch();
  const { "content-security-policy": _, ...headers } = response.headers();
  await route.fulfill({ response, headers });
}

/** @param script prints its rows as JSON */
async function measureInNode(script: string, given: readonly string[]): Promise<readonly Row[]> {
  const args = ["--expose-gc", fileURLToPath(here(script)), ...given];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as Row[];
}

function toTable(rows: readonly Row[]): string {
  const lines = rows.map(({ measure, ours, peer, peerName, ratio, target, met }) => [
    measure,
    format(ours),
    `${peerName} ${format(peer)}`,
    `${ratio.toFixed(2)} ×`,
    target === 0 ? "" : `${target} ×`,
    target === 0 ? "" : met ? "met" : "missed",
  ]);
  const head = ["measure", "ours", "beside", "ratio", "target", ""];
  const widths = head.map((title, at) =>
    Math.max(title.length, ...lines.map((line) => line[at]?.length ?? 0)),
  );
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function format(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(1)} k` : value.toFixed(value < 10 ? 2 : 0);
}

process.exitCode = await main();
