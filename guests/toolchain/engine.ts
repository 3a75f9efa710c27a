/**
 * The engine of TypeScript guests as one core module: quickjs.wasm, its driver and a few functions of WASI preview 1.
 *
 * It is the same for all guests; `componentize` puts a program into it.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import binaryen from "binaryen";
import {
  HOST_IMPORTS,
  KERNEL_READY,
  SANDBOX_IMPORTS,
  type HostImport,
} from "../sdk/host-imports.ts";

/** The driver's own natives, after the imports; `sdk/host.ts` relies on this order. */
const NATIVES = ["take_arena", "take_bytes", "encode", "decode", "load_part"];

/** What a component needs of its core module. */
const EXPORTS = new Set(["memory", "cabi_realloc", "wasi:cli/run@0.2.12#run"]);

/** Which generation of nodes a program is a first process for; or a program of a sandbox, with all of its imports. */
export type Generation = "first" | "later" | "sandbox";

/** What a program imports through its SDK, in the order of the natives. */
export function importsOf(generation: Generation): readonly HostImport[] {
  const shared: HostImport[] = Object.values(HOST_IMPORTS);
  if (generation === "sandbox") return [...shared, ...Object.values(SANDBOX_IMPORTS)];
  return generation === "first" ? shared : [...shared, KERNEL_READY];
}

/** The engine's core module; takes some seconds. */
export async function buildEngine(generation: Generation = "first"): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "ww-engine-"));
  try {
    const driver = join(folder, "driver.wat");
    const merged = join(folder, "merged.wasm");
    await writeFile(driver, await driverText(importsOf(generation)));
    const preview1 = fileURLToPath(new URL("preview1.wat", import.meta.url));
    const quickjs = fileURLToPath(import.meta.resolve("quickjs-wasi/quickjs.wasm"));
    const modules = [quickjs, "qjs", driver, "env", preview1, "wasi_snapshot_preview1"];
    const options = ["-all", "--rename-export-conflicts", "-o", merged];
    const tool = fileURLToPath(import.meta.resolve("binaryen/bin/wasm-merge"));
    await promisify(execFile)(process.execPath, [tool, ...modules, ...options]);
    return shrink(await readFile(merged));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function driverText(imports: readonly HostImport[]): Promise<string> {
  const text = await readFile(new URL("driver.wat", import.meta.url), "utf8");
  return text
    .replace(";;@imports", imports.map(importText).join("\n  "))
    .replace(";;@dispatch", dispatchText(imports))
    .replace("NATIVE_COUNT", `${imports.length + NATIVES.length}`);
}

function importText(wanted: HostImport, index: number): string {
  const params = wanted.params.map((type) => `(param ${type})`).join(" ");
  const result = wanted.result === undefined ? "" : `(result ${wanted.result})`;
  return `(import "${wanted.interface}" "${wanted.function}" (func $import_${index} ${params} ${result}))`;
}

/** One branch table over the native's number, with an arm for each import and each native. */
function dispatchText(imports: readonly HostImport[]): string {
  const arms = [
    ...imports.map(({ params, result }, index) => {
      const args = params.map(
        (type, at) =>
          `(call ${type === "i32" ? "$u32" : "$u64"} (local.get $argv) (i32.const ${at}))`,
      );
      const call = `(call $import_${index} ${args.join(" ")})`;
      const number =
        result === undefined ? `${call} (f64.const 0)` : `(f64.convert_${result}_u ${call})`;
      return `(return (call $JS_NewNumber (local.get $ctx) ${
        result === undefined ? `(block (result f64) ${number})` : number
      }))`;
    }),
    ...NATIVES.map((name) => `(return (call $${name} (local.get $ctx) (local.get $argv)))`),
  ];
  const labels = arms.map((_, index) => `$arm_${index}`).join(" ");
  let text = `(br_table ${labels} $none (local.get $magic))`;
  arms.forEach((arm, index) => (text = `(block $arm_${index} ${text})\n    ${arm}`));
  return `(block $none ${text})`;
}

/** Drops what nobody can reach once quickjs.wasm's three hundred exports are gone. */
function shrink(merged: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(merged);
  try {
    const names = Array.from({ length: module.getNumExports() }, (_, index) =>
      binaryen.getExportInfo(module.getExportByIndex(index)),
    ).map(({ name }) => name);
    for (const name of names) if (!EXPORTS.has(name)) module.removeExport(name);
    binaryen.setOptimizeLevel(2);
    binaryen.setShrinkLevel(1);
    module.optimize();
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
