/** Adds a main function to programs that are built for pages of their own and have none. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import binaryen from "binaryen";
import type { Recipe } from "./program.ts";

const PREVIEW1 = "wasi_snapshot_preview1";
/** The exports that are kept. */
const EXPORTS = new Set(["memory", "_start"]);

/**
 * The module with a driver's `_start`, and preview 1 as its only import.
 *
 * The module's other imports are functions of its page. They are not called here, and trap; only those from a number to a
 * number, which access its tables of handles, return their argument.
 *
 * @param driver the name of a text in `drivers`, which imports the module as `program`
 */
export function driven(driver: string, module: Recipe<Uint8Array>): Recipe<Uint8Array> {
  return async (workshop) => {
    const text = await readFile(new URL(`drivers/${driver}.wat`, import.meta.url), "utf8");
    const folder = await workshop.folder(`driven ${driver} ${text}`, async (draft) => {
      const at = (name: string): string => join(draft, name);
      await writeFile(at("driver.wat"), text);
      await writeFile(at("module.wasm"), await module(workshop));
      const modules = [at("driver.wat"), "driver", at("module.wasm"), "program"];
      const tool = fileURLToPath(import.meta.resolve("binaryen/bin/wasm-merge"));
      const options = ["-all", "--rename-export-conflicts", "-o", at("merged.wasm")];
      await workshop.run(process.execPath, [tool, ...modules, ...options]);
      await writeFile(at("program.wasm"), closeOff(await readFile(at("merged.wasm"))));
    });
    return await readFile(join(folder, "program.wasm"));
  };
}

function closeOff(merged: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(merged);
  try {
    const exports = Array.from({ length: module.getNumExports() }, (_, at) =>
      binaryen.getExportInfo(module.getExportByIndex(at)),
    );
    for (const { name } of exports) if (!EXPORTS.has(name)) module.removeExport(name);
    const functions = Array.from({ length: module.getNumFunctions() }, (_, at) =>
      binaryen.getFunctionInfo(module.getFunctionByIndex(at)),
    );
    for (const { name, module: from, params, results } of functions) {
      if (from === "" || from === PREVIEW1) continue;
      module.removeFunction(name);
      const isHandle = params === binaryen.i32 && results === binaryen.i32;
      const body = isHandle ? module.local.get(0, params) : module.unreachable();
      module.addFunction(name, params, results, [], body);
    }
    module.setFeatures(module.getFeatures() | binaryen.Features.BulkMemory);
    module.runPasses(["remove-unused-module-elements"]);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
