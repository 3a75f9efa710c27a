/**
 * `npm run programs [-- <name>… --cells <mode>]`: runs programs by other authors as cells, through the page.
 *
 * Each is fetched or built into `.cache/programs` and made a component as our own programs are; `programs/list.ts` lists
 * them with their versions. Those that cannot be built on this machine are reported and left out. A program runs twice in
 * a fresh browser, for each way in which cells wait: the first start prepares the component, the second finds it prepared.
 */
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { toMessage } from "#base";
import { replaceFile } from "../../guests/toolchain/cache.ts";
import { buildPage } from "./build-page.ts";
import { captureRun, describeEnd } from "./capture-run.ts";
import { startLocalNode } from "./local-node.ts";
import { PROGRAMS } from "./programs/list.ts";
import type { Program } from "./programs/program.ts";
import { createWorkshop } from "./programs/workshop.ts";
import type { Workshop } from "./programs/workshop.ts";
import { openPage } from "./run-in-browser.ts";
import type { DrivenPage } from "./run-in-browser.ts";
import { toWasmKind, wrapCached } from "./wrap.ts";

/** A program's image, and the size of its component. */
interface Built {
  readonly image: string;
  readonly sizeBytes: number;
}

interface Run {
  readonly complaint: string | undefined;
  readonly startMs: number;
  readonly durationMs: number;
}

const CACHE = fileURLToPath(new URL("../../.cache/programs", import.meta.url));
const MODES = ["jspi", "shared-memory"];
/** The largest programs compile for a minute or two. */
const TIMEOUT_MS = 5 * 60_000;
const SAMPLE_EACH_MS = 100;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { cells: { type: "string" } },
    allowPositionals: true,
  });
  const names = PROGRAMS.map(({ name }) => name);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    console.error(`No program "${unknown}": there is ${names.join(", ")}`);
    return 2;
  }
  const { cells } = values;
  if (cells !== undefined && !MODES.includes(cells)) {
    console.error(`Not a way to wait: "${cells}"; write --cells ${MODES.join(" or ")}`);
    return 2;
  }
  const chosen = PROGRAMS.filter(
    ({ name }) => positionals.length === 0 || positionals.includes(name),
  );
  const modes = cells === undefined ? MODES : [cells];
  await using stack = new AsyncDisposableStack();
  const scratch = await mkdtemp(join(tmpdir(), "ww-programs-"));
  stack.defer(() => rm(scratch, { recursive: true }));
  const distFolder = join(scratch, "dist");
  await buildPage(distFolder);
  await mkdir(CACHE, { recursive: true });
  const workshop = createWorkshop(CACHE);
  let [passed, failed, missing] = [0, 0, 0];
  for (const program of chosen) {
    const built = await build(program, workshop, join(scratch, program.name)).catch(toMessage);
    if (typeof built === "string") {
      missing++;
      console.log(`not here ${program.name}: ${built}`);
      continue;
    }
    for (const mode of modes) {
      if (await tryProgram(program, built, mode, distFolder)) passed++;
      else failed++;
    }
    await rm(built.image, { recursive: true });
  }
  console.log(`${missing} cannot be had here`);
  console.log(`${passed} passed, ${failed} failed`);
  return passed > 0 && failed === 0 ? 0 : 1;
}

/** Builds a program's image in a folder of its own. @throws {Error} that says why it cannot be built. */
async function build(program: Program, workshop: Workshop, image: string): Promise<Built> {
  const module = await program.module(workshop);
  const isCore = toWasmKind(module) === "core";
  const component = isCore ? await wrapCached(module, program.name) : module;
  await replaceFile(join(image, "bin/main.wasm"), component);
  for (const [path, text] of Object.entries(program.texts ?? {})) {
    await replaceFile(join(image, path), text);
  }
  for (const [path, base64] of Object.entries(program.bytes ?? {})) {
    await replaceFile(join(image, path), Buffer.from(base64, "base64"));
  }
  for (const [path, folder] of Object.entries(program.folders ?? {})) {
    await cp(await folder(workshop), join(image, path), { recursive: true });
  }
  return { image, sizeBytes: component.length };
}

/** @returns whether the program did what it should, both times */
async function tryProgram(
  program: Program,
  { image, sizeBytes }: Built,
  mode: string,
  distFolder: string,
): Promise<boolean> {
  await using node = await startLocalNode({ port: 0, images: [image], distFolder });
  await using page = await openPage(node, { cells: mode });
  const layer = node.images[0]?.path ?? "";
  const before = await page.residentBytes();
  using peak = watchMemory(page);
  const first = await runOnce(program, page, layer);
  const again = first.complaint === undefined ? await runOnce(program, page, layer) : undefined;
  const complaint = first.complaint ?? again?.complaint;
  const columns = [
    complaint === undefined ? "ok" : "FAILED",
    program.name.padEnd(14),
    mode.padEnd(13),
    `${(sizeBytes / 1e6).toFixed(2).padStart(6)} MB`,
    `first ${seconds(first.startMs)}`,
    `again ${again === undefined ? "     -" : seconds(again.startMs)}`,
    `whole ${again === undefined ? seconds(first.durationMs) : seconds(again.durationMs)}`,
    `${((peak.bytes() - before) / 1e6).toFixed(0).padStart(5)} MB resident`,
  ];
  console.log(columns.join("  ") + (complaint === undefined ? "" : `  ${complaint}`));
  return complaint === undefined;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2).padStart(6)} s`;
}

async function runOnce(program: Program, page: DrivenPage, layer: string): Promise<Run> {
  const { args = [], env = {}, stdin = "", writable = false, prints } = program;
  const order = {
    layers: [layer],
    args,
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    writable,
  };
  const run = await captureRun(
    page,
    order,
    Readable.from(stdin === "" ? [] : [Buffer.from(stdin)]),
    TIMEOUT_MS,
  );
  const ended = describeEnd(run.outcome, true);
  const printed = typeof prints === "string" ? run.stdout === prints : prints.test(run.stdout);
  const { startMs, durationMs } = run;
  if (ended === undefined && printed) return { complaint: undefined, startMs, durationMs };
  const said = ended ?? `printed ${JSON.stringify(run.stdout.slice(0, 300))}`;
  const complaint = `${said} ${run.stderr.trim().slice(0, 600)}`.trim();
  return { complaint, startMs, durationMs };
}

/** Samples the page's memory; `bytes` is the maximum until now. */
function watchMemory(page: DrivenPage): Disposable & { bytes(): number } {
  let most = 0;
  const sample = async (): Promise<void> => {
    most = Math.max(most, await page.residentBytes());
  };
  // If the page breaks down, its run reports that.
  const timer = setInterval(() => void sample().catch(() => undefined), SAMPLE_EACH_MS);
  return { bytes: () => most, [Symbol.dispose]: () => clearInterval(timer) };
}
