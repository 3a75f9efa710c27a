/** Core modules of compilers that know preview 1 become components. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew, preview1AdapterCommandPath } from "@bytecodealliance/jco";
import { giveAdapterMemory } from "./adapter-memory.ts";
import { hash, hashFiles } from "./cache.ts";
import { ADAPTER } from "./preview1-front.ts";
import { WASI_VERSION, witFiles, worldText } from "./world.ts";

/** What decides how a core module is wrapped: sources of this folder, and packages. */
const SOURCES = [
  "wrap-core.ts",
  "adapter-memory.ts",
  "preview1-front.ts",
  "preview1-front.wat",
  "world.ts",
  "../../node_modules/@bytecodealliance/jco/package.json",
  "../../node_modules/binaryen/package.json",
];

/** What decides how components come out, besides their core modules. */
export async function wrapToolKey(): Promise<string> {
  const files = SOURCES.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const hashes = await hashFiles([...files, ...(await witFiles())]);
  return hash(JSON.stringify(Object.values(hashes)));
}

/** A command whose imports are those of preview 1 alone. */
export async function wrapCore(core: Uint8Array): Promise<Uint8Array> {
  const adapter = await readFile(preview1AdapterCommandPath());
  const roomy = await giveAdapterMemory(core);
  if (roomy === undefined) return await componentNew(core, [["wasi_snapshot_preview1", adapter]]);
  return await componentNew(roomy, [[ADAPTER, adapter]]);
}

/**
 * A command that also imports `wetware:streams` and `wasi:io`, by names that it has written out itself.
 *
 * What the module imports by its own means is said to the tools; the rest is the adapter's.
 */
export async function wrapConnectedCore(core: Uint8Array): Promise<Uint8Array> {
  const witSource = await worldText([
    `wasi:io/streams@${WASI_VERSION}`,
    "wetware:streams/streams@0.1.0",
    "wetware:kernel-runtime/readiness@1.0.0",
  ]);
  return await wrapCore(await componentEmbed({ binary: core, witSource, world: "guest" }));
}
