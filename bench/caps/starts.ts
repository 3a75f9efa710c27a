/** Starts of children with grants and without, timed by a guest in the product's own page. */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { startLocalNode } from "../../src/cli/index.ts";
import { captureRun, describeEnd } from "../../src/cli/capture-run.ts";
import { openPage } from "../../src/cli/run-in-browser.ts";
import { createToolchain } from "../../guests/toolchain/toolchain.ts";
import { toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ROUNDS = 10;
const LIMIT_MS = 120_000;

export async function measureStarts(folder: string, { turns }: Timing): Promise<Row[]> {
  const distFolder = join(folder, "product");
  await build({ root: ROOT, logLevel: "error", build: { outDir: distFolder, emptyOutDir: true } });
  const image = join(folder, "start-times");
  await mkdir(join(image, "bin"), { recursive: true });
  const toolchain = createToolchain(join(ROOT, ".cache/guests/"));
  const entry = fileURLToPath(new URL("start-times/main.ts", import.meta.url));
  await writeFile(join(image, "bin/main.wasm"), await toolchain.component(entry));
  await copyFile(join(ROOT, "public/images/hello-c/bin/main.wasm"), join(image, "bin/child.wasm"));
  await using node = await startLocalNode({ port: 0, images: [image], distFolder });
  await using page = await openPage(node);
  const order = { layers: [node.images[0]?.path ?? ""], args: [String(ROUNDS * turns)] };
  const { outcome, stdout, stderr } = await captureRun(page, order, Readable.from([]), LIMIT_MS);
  const failure = describeEnd(outcome, true);
  if (failure !== undefined) throw new Error(`Starts could not be timed: ${failure} ${stderr}`);
  const { bare, granted } = JSON.parse(stdout) as {
    readonly bare: number;
    readonly granted: number;
  };
  return [toRowAtMost("child with grants, start to end, ms", granted, bare, "runBytes", 1.1)];
}
