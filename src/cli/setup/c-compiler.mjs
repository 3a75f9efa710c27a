/** clang for WebAssembly, for the one guest that is written in C. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installDebianPackages, isRoot } from "./debian.mjs";
import { run } from "./run.mjs";

/**
 * Finds the compiler, or installs it as root.
 *
 * @returns {Promise<string | undefined>} undefined when it is there, else what to do, in one sentence
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

/** Asked of the compiler itself: its four packages can be there in any combination. */
async function compiles() {
  const folder = await mkdtemp(join(tmpdir(), "ww-clang-"));
  try {
    const source = join(folder, "probe.c");
    await writeFile(source, '#include <stdio.h>\nint main(void) { puts(""); return 0; }\n');
    const args = ["--target=wasm32-wasi", "-o", join(folder, "probe.wasm"), source];
    return (await run("clang", args, { quiet: true })).code === 0;
  } finally {
    await rm(folder, { recursive: true });
  }
}
