/**
 * `npm run conformance -- <folder>`: runs the preview-1 programs of the public WASI testsuite as cells, through the page.
 *
 * The folder holds programs (`.wasm`), each with its expectations beside it (`.json`), at any depth, like a checkout of the
 * testsuite's branch of built programs. Each is made a component as our own programs are, with the preview-1 command
 * adapter, which distinguishes only exit codes 0 and not 0.
 *
 * `npm run conformance -- --component-model <folder>`: runs the scripts (`.wast`) of the component model's own tests on the
 * linker.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { parseArgs } from "node:util";
import type { Init } from "#capnp";
import type { Order } from "#schema";
import { runSuite } from "../component/conformance/run-suite.ts";
import { buildPage } from "./build-page.ts";
import { captureRun, describeEnd } from "./capture-run.ts";
import { startLocalNode } from "./local-node.ts";
import { openPage } from "./run-in-browser.ts";
import type { DrivenPage } from "./run-in-browser.ts";
import { toWasmKind, wrapCached } from "./wrap.ts";

/** The content of a program's `.json`; every field may be left out. */
interface Expectation {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A folder beside the program, which it finds at `/`. */
  readonly root?: string | null;
  /** Folders beside the program, which it finds by their names. */
  readonly dirs?: readonly string[];
  readonly exit_code?: number;
  readonly stdout?: string;
}

interface Program {
  readonly name: string;
  readonly file: string;
  readonly expected: Expectation;
  /** Folders to mount, by the guest's path. */
  readonly mounts: ReadonlyArray<readonly [guest: string, folder: string]>;
}

/** Time limit of a program; none of the suite computes for long. */
const TIMEOUT_MS = 60_000;

const { values, positionals } = parseArgs({
  options: { "component-model": { type: "string" } },
  allowPositionals: true,
});
const [folder] = positionals;
if (values["component-model"] !== undefined) {
  process.exitCode = (await runSuite(values["component-model"])) ? 0 : 1;
} else if (folder === undefined) {
  console.error(
    "Name a folder of programs, or of the component model's tests: npm run conformance -- [--component-model] <folder>",
  );
  process.exitCode = 2;
} else {
  process.exitCode = (await runAll(folder)) ? 0 : 1;
}

/** @returns whether there were programs, and all passed */
async function runAll(folder: string): Promise<boolean> {
  const programs = await findPrograms(folder);
  await using stack = new AsyncDisposableStack();
  const scratch = await mkdtemp(join(tmpdir(), "ww-conformance-"));
  stack.defer(() => rm(scratch, { recursive: true }));
  const distFolder = join(scratch, "dist");
  await buildPage(distFolder);
  const images: string[] = [];
  for (const [at, { file }] of programs.entries()) {
    const image = join(scratch, `${at}`);
    await mkdir(join(image, "bin"), { recursive: true });
    const component = await wrapCached(await readFile(file), file);
    await writeFile(join(image, "bin/main.wasm"), component);
    images.push(image);
  }
  const folders = programs.flatMap(({ mounts }) => mounts.map(([, from]) => from));
  const node = stack.use(
    await startLocalNode({ port: 0, images, folders, distFolder, isPrivate: true }),
  );
  const page = stack.use(await openPage(node));

  let passed = 0;
  const layers = node.folders.values();
  for (const [at, program] of programs.entries()) {
    const { expected, mounts } = program;
    const order = {
      layers: [node.images[at]?.path ?? ""],
      args: expected.args ?? [],
      env: Object.entries(expected.env ?? {}).map(([name, value]) => ({ name, value })),
      // A program that names no folder is run without any, as the suite's own runner does.
      bare: mounts.length === 0,
      mounts: mounts.map(([path]) => ({ path, layer: layers.next().value ?? "" })),
    };
    const complaint = await runOne(page, order, expected);
    if (complaint === undefined) passed++;
    console.log(
      complaint === undefined ? `ok ${program.name}` : `FAILED ${program.name}: ${complaint}`,
    );
  }
  console.log(`${passed} passed, ${programs.length - passed} failed`);
  return programs.length > 0 && passed === programs.length;
}

/** What was wrong, if anything. */
async function runOne(
  page: DrivenPage,
  order: Init<Order>,
  expected: Expectation,
): Promise<string | undefined> {
  // An input without data and without end, like a terminal at which no one types.
  const { outcome, stdout, stderr } = await captureRun(page, order, new PassThrough(), TIMEOUT_MS);
  const ended = describeEnd(outcome, (expected.exit_code ?? 0) === 0);
  if (ended !== undefined) return `${ended} ${stderr.trim()}`.trim();
  if (expected.stdout === undefined || stdout === expected.stdout) return undefined;
  return `printed ${JSON.stringify(stdout)}`;
}

/** The folder's preview-1 programs, which are core modules; components for later WASI are skipped. */
async function findPrograms(folder: string): Promise<Program[]> {
  const files = await readdir(folder, { recursive: true });
  const programs: Program[] = [];
  for (const path of files.filter((name) => name.endsWith(".wasm")).sort()) {
    const file = join(folder, path);
    const bytes = await readFile(file);
    if (toWasmKind(bytes) !== "core") continue;
    const text = await readFile(file.replace(/\.wasm$/, ".json"), "utf8").catch(() => "{}");
    const expected = JSON.parse(text) as Expectation;
    const beside = (name: string): string => join(dirname(file), name);
    const { root, dirs = [] } = expected;
    const mounts = dirs.map((name) => [`/${name}`, beside(name)] as const);
    if (typeof root === "string") mounts.push(["/", beside(root)]);
    programs.push({ name: basename(path, ".wasm"), file, expected, mounts });
  }
  return programs;
}
