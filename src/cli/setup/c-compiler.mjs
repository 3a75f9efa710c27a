/** Finds or installs clang for WebAssembly, for the one guest that is written in C. */
import { fileURLToPath } from "node:url";
import { installDebianPackages, isRoot } from "./debian.mjs";
import { run } from "./run.mjs";

/**
 * Finds the compiler, or installs it as root.
 *
 * @returns {Promise<string | undefined>} undefined when there is one, else what to do, in one sentence
 */
export async function ensureCCompiler(say) {
  if (await compiles()) return undefined;
  if (isRoot()) {
    say("there is no C compiler for WebAssembly: trying Debian's clang");
    await installDebianPackages(["clang", "lld", "wasi-libc"]);
    // The runtime's package carries the compiler's version in its name.
    await installDebianPackages([`libclang-rt-${await clangVersion()}-dev-wasm32`]);
    if (await compiles()) return undefined;
  }
  const version = await clangVersion();
  return `install it with apt-get install clang lld wasi-libc libclang-rt-${version}-dev-wasm32`;
}

async function clangVersion() {
  const { output } = await run("clang", ["--version"], { quiet: true });
  return /version (\d+)/.exec(output)?.[1] ?? "14";
}

/** Whether a test program compiles: the four packages may be installed in any combination. */
async function compiles() {
  const probe = fileURLToPath(new URL("../../../guests/toolchain/probe.c", import.meta.url));
  const args = ["--target=wasm32-wasi", "-o", "/dev/null", probe];
  return (await run(process.env.CLANG ?? "clang", args, { quiet: true })).code === 0;
}
