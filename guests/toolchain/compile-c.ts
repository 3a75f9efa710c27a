/** C to core modules for preview 1, by the C compiler of this machine. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const FLAGS = ["--target=wasm32-wasi", "-O2", "-s", "-Wall", "-Wextra", "-Werror"];

/** What decides how C programs come out, besides their sources. @throws {Error} when there is no compiler. */
export async function cToolKey(): Promise<string> {
  return (await run(["--version"])) + FLAGS.join(" ");
}

/**
 * The core module of one source file.
 *
 * @throws {Error} when a tool is missing, with the packages to install; or with what the compiler says.
 */
export async function compileC(source: string): Promise<Uint8Array> {
  return await compile(source, FLAGS);
}

/** The same of one that uses nothing of preview 1 or the C library. */
export async function compileBareC(source: string): Promise<Uint8Array> {
  return await compile(source, [...FLAGS, "-nostdlib", "-Wl,--no-entry"]);
}

async function compile(source: string, flags: readonly string[]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "ww-c-"));
  try {
    const core = join(folder, "core.wasm");
    await run([...flags, "-o", core, source]);
    return await readFile(core);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function run(args: readonly string[]): Promise<string> {
  const clang = process.env["CLANG"] ?? "clang";
  try {
    return (await promisify(execFile)(clang, args)).stdout;
  } catch (cause) {
    const { code, stderr = "" } = cause as { readonly code?: unknown; readonly stderr?: string };
    const missing = code === "ENOENT" || /wasm-ld|crt1.*\.o|libclang_rt|stdio\.h/.test(stderr);
    throw new Error(
      missing
        ? "Cannot build a C program: the C compiler for WASI is missing; install clang lld wasi-libc libclang-rt-14-dev-wasm32 (apt-get install)"
        : `Cannot build a C program: ${stderr.trim()}`,
      { cause },
    );
  }
}
