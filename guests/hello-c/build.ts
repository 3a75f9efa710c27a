/**
 * Builds the image of `hello-c` into `public/images/hello-c`, and the C program of the cell tests into `.cache`:
 * `node guests/hello-c/build.ts`.
 *
 * Does nothing when sources and tools are those of the last build.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { componentNew, preview1AdapterCommandPath } from "@bytecodealliance/jco";

const ROOT = new URL("../../", import.meta.url);
const CACHE = new URL(".cache/c/", ROOT);
const FLAGS = ["--target=wasm32-wasi", "-O2", "-s", "-Wall", "-Wextra", "-Werror"];

/** Sources and the components they become, from the top of the repository. */
const PROGRAMS: ReadonlyArray<readonly [source: string, component: string]> = [
  ["guests/hello-c/main.c", "public/images/hello-c/bin/main.wasm"],
  ["src/cell/testdata/files.c", ".cache/c/files.wasm"],
];

/**
 * Compiles the programs and wraps them into components.
 *
 * @returns whether anything had to be built
 * @throws {Error} when a tool is missing, with the packages to install; or with what the compiler says.
 */
export async function buildHelloC(): Promise<boolean> {
  const clang = process.env["CLANG"] ?? "clang";
  const tools =
    (await run(clang, ["--version"])) + (await readFile(new URL(import.meta.url), "utf8"));
  let built = false;
  await mkdir(CACHE, { recursive: true });
  for (const [source, component] of PROGRAMS) {
    const input = new URL(source, ROOT);
    const output = new URL(component, ROOT);
    const stamp = new URL(`${source.replaceAll("/", "-")}.stamp`, CACHE);
    const inputs = hash(await readFile(input), tools);
    const last = await readFile(stamp, "utf8").catch(() => "");
    const before = await readFile(output).catch(() => undefined);
    if (before !== undefined && last === hash(inputs, before)) continue;

    const core = new URL(`${source.replaceAll("/", "-")}.core.wasm`, CACHE);
    await run(clang, [...FLAGS, "-o", fileURLToPath(core), fileURLToPath(input)]);
    const bytes = await componentNew(await readFile(core), [
      ["wasi_snapshot_preview1", await readFile(preview1AdapterCommandPath())],
    ]);
    await mkdir(new URL(".", output), { recursive: true });
    await writeFile(output, bytes);
    await writeFile(stamp, hash(inputs, bytes));
    built = true;
  }
  return built;
}

function hash(...parts: ReadonlyArray<string | Uint8Array>): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(part);
  return sum.digest("hex");
}

async function run(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, args)).stdout;
  } catch (cause) {
    const { code, stderr = "" } = cause as { readonly code?: unknown; readonly stderr?: string };
    const missing = code === "ENOENT" || /wasm-ld|crt1.*\.o|libclang_rt|stdio\.h/.test(stderr);
    throw new Error(
      missing
        ? "Cannot build hello-c: the C compiler for WASI is missing; install clang lld wasi-libc libclang-rt-14-dev-wasm32 (apt-get install)"
        : `Cannot build hello-c: ${stderr.trim()}`,
      { cause },
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(`hello-c: ${(await buildHelloC()) ? "built" : "up to date"}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
