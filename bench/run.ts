/** `npm run bench -- <name> [--quick]`: measures in Chromium, prints a table, writes `bench/results/<name>.json`. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { build, preview } from "vite";
import { chromiumLaunch } from "../src/cli/chromium.ts";
import type { Row, Timing } from "./measure.ts";
import { measureSize } from "./rpc/size.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const FULL: Timing = { turnMs: 600, turns: 7 };
const QUICK: Timing = { turnMs: 200, turns: 3 };

interface BenchOf {
  readonly page: string;
  /** Measured outside of the page. */
  readonly beside: () => Promise<readonly Row[]>;
}

const BENCHES: Readonly<Record<string, BenchOf>> = {
  rpc: { page: "rpc", beside: async () => [await measureSize()] },
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: "boolean" } },
    allowPositionals: true,
  });
  const name = positionals[0] ?? "";
  const bench = BENCHES[name];
  if (bench === undefined) {
    console.error(`No bench "${name}": there is ${Object.keys(BENCHES).join(", ")}`);
    return 2;
  }
  const timing = values.quick === true ? QUICK : FULL;
  const rows = [...(await measureInBrowser(bench.page, timing)), ...(await bench.beside())];
  console.log(toTable(rows));
  const folder = join(HERE, "results");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.json`), `${JSON.stringify(rows, undefined, 2)}\n`);
  return 0;
}

async function measureInBrowser(page: string, timing: Timing): Promise<readonly Row[]> {
  const root = join(HERE, page);
  const outDir = fileURLToPath(new URL(`../.cache/bench/${page}`, import.meta.url));
  const config = { root, configFile: false as const, logLevel: "warn" as const };
  await build({
    ...config,
    build: { outDir, emptyOutDir: true, target: "esnext" },
    worker: { format: "es" },
  });
  const server = await preview({ ...config, build: { outDir }, preview: { port: 0 } });
  const { args, ...launch } = chromiumLaunch();
  const switches = [...args, "--enable-precise-memory-info", "--js-flags=--expose-gc"];
  const browser = await chromium.launch({ ...launch, args: switches });
  try {
    const tab = await browser.newPage();
    await tab.goto(server.resolvedUrls?.local[0] ?? "");
    return await tab.evaluate(
      (given) =>
        (globalThis as unknown as { measure(timing: Timing): Promise<Row[]> }).measure(given),
      timing,
    );
  } finally {
    await browser.close();
    await server.close();
  }
}

function toTable(rows: readonly Row[]): string {
  const lines = rows.map(({ measure, ours, peer, peerName, ratio, target, met }) => [
    measure,
    format(ours),
    `${peerName} ${format(peer)}`,
    `${ratio.toFixed(2)} ×`,
    target === 0 ? "" : `≥ ${target} ×`,
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
