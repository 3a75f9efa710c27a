/**
 * Builds the image of `hello-c` into `public/images/hello-c`: `node guests/hello-c/build.ts`.
 *
 * Does nothing when sources and tools are those of the last build.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { componentNew, preview1AdapterCommandPath } from "@bytecodealliance/jco";

const SOURCE = new URL("main.c", import.meta.url);
const ROOT = new URL("../../", import.meta.url);
const IMAGE = new URL("public/images/hello-c/", ROOT);
const CACHE = new URL(".cache/hello-c/", ROOT);
const FLAGS = ["--target=wasm32-wasi", "-O2", "-s", "-Wall", "-Wextra", "-Werror"];

/**
 * Compiles and wraps the program, and lays out its image.
 *
 * @returns whether anything had to be built
 * @throws {Error} when a tool is missing, with the packages to install; or with what the compiler says.
 */
export async function buildHelloC(): Promise<boolean> {
  const clang = process.env["CLANG"] ?? "clang";
  const version = await run(clang, ["--version"]);
  const source = await readFile(SOURCE);
  const script = await readFile(new URL(import.meta.url));
  const hash = createHash("sha256").update(source).update(script).update(version).digest("hex");
  const stamp = new URL("stamp", CACHE);
  const main = new URL("bin/main.wasm", IMAGE);
  const built = await readFile(main).catch(() => undefined);
  const last = await readFile(stamp, "utf8").catch(() => "");
  if (built !== undefined && last === stampOf(hash, built)) return false;

  await mkdir(CACHE, { recursive: true });
  const core = new URL("main.core.wasm", CACHE);
  await run(clang, [...FLAGS, "-o", fileURLToPath(core), fileURLToPath(SOURCE)]);
  const adapter = await readFile(preview1AdapterCommandPath());
  const component = await componentNew(await readFile(core), [["wasi_snapshot_preview1", adapter]]);
  await rm(IMAGE, { recursive: true, force: true });
  await mkdir(new URL("bin/", IMAGE), { recursive: true });
  await writeFile(main, component);
  await writeFile(stamp, stampOf(hash, component));
  return true;
}

function stampOf(inputs: string, output: Uint8Array): string {
  return `${inputs} ${createHash("sha256").update(output).digest("hex")}\n`;
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
    console.log(
      (await buildHelloC())
        ? "hello-c: built public/images/hello-c"
        : "hello-c: public/images/hello-c is up to date",
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
