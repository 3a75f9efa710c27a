/**
 * Memory for the preview-1 adapter where no program can take it for its own.
 *
 * The adapter keeps its stack and its state in the program's memory. It asks the program's `cabi_realloc` for two pages;
 * where there is none, as in what compilers for preview 1 make, it grows the memory, behind the program's back. But an
 * allocator may take all that `memory.size` tells for its own when it is first used (AssemblyScript's, older C libraries),
 * or count on growing without a gap (bump allocators, Go's). Such a program overwrites the adapter's state.
 *
 * So each gets a memory of its own: `preview1-front.wat` has the adapter's, and carries all addresses over. Binaryen lays
 * the program's behind it in one memory, as for engines that know but one. The program's size, growth and fresh pages are
 * then what they are without an adapter. It costs 2 to 4 % of the time of a loop that does nothing but load and store, and
 * 3 % of the size of a small component. One thing is not as it was: addresses are added without a check for overflow, so
 * one in the highest 192 KiB, a little below 0, meets the adapter's pages instead of a trap.
 *
 * It can go when adapters can have a memory of their own.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import binaryen from "binaryen";
import { frontText, isPreview1 } from "./preview1-front.ts";

const PREVIEW1 = "wasi_snapshot_preview1";

/** What the adapter and the tools look for in a core module. */
const EXPORTS = new Set(["memory", "cabi_realloc", "_start", "_initialize"]);

/** The names by which the tools find an allocator in a program. */
const ALLOCATORS = ["cabi_realloc", "canonical_abi_realloc"];

/**
 * The core module with memory for the adapter, whose functions it then imports from `ADAPTER`.
 *
 * `undefined` if it is none of those that need it: it has an allocator for the adapter, or imports more than preview 1.
 */
export async function giveAdapterMemory(core: Uint8Array): Promise<Uint8Array | undefined> {
  const module = new WebAssembly.Module(new Uint8Array(core));
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  const imports = WebAssembly.Module.imports(module);
  const names = imports.map(({ name }) => name);
  if (!imports.every((wanted) => wanted.module === PREVIEW1 && isPreview1(wanted.name))) return;
  if (names.length === 0 || !exports.includes("memory")) return;
  if (ALLOCATORS.some((name) => exports.includes(name))) return;
  // A trap tells the names of functions, if there are any.
  const named = WebAssembly.Module.customSections(module, "name").length > 0;
  const front = await frontText([...new Set(names)]);
  const merged = binaryen.readBinary(await merge(core, front, named ? ["-g"] : []));
  try {
    for (const name of exportNames(merged)) if (!EXPORTS.has(name)) merged.removeExport(name);
    // Without it, what a program copies out of passive data is written so that no engine reads it.
    merged.setFeatures(merged.getFeatures() | binaryen.Features.BulkMemory);
    binaryen.setDebugInfo(named);
    merged.runPasses([
      "multi-memory-lowering",
      "remove-unused-module-elements",
      // The address at which the program's memory begins is in a global that is never set, and becomes a constant.
      "simplify-globals",
    ]);
    return merged.emitBinary();
  } finally {
    binaryen.setDebugInfo(false);
    merged.dispose();
  }
}

/** Front and program as one module of two memories, the adapter's first. */
async function merge(
  core: Uint8Array,
  front: string,
  naming: readonly string[],
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "ww-adapter-"));
  try {
    const [text, program, merged] = ["front.wat", "program.wasm", "merged.wasm"].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await writeFile(text, front);
    await writeFile(program, core);
    const modules = [text, PREVIEW1, program, "program"];
    const options = ["-all", ...naming, "--rename-export-conflicts", "-o", merged];
    const tool = fileURLToPath(import.meta.resolve("binaryen/bin/wasm-merge"));
    await promisify(execFile)(process.execPath, [tool, ...modules, ...options]);
    return await readFile(merged);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function exportNames(module: binaryen.Module): string[] {
  return Array.from(
    { length: module.getNumExports() },
    (_, index) => binaryen.getExportInfo(module.getExportByIndex(index)).name,
  );
}
