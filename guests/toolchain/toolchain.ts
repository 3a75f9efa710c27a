/** The toolchain with its cache: components from entries, the engine built at most once. */
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hash, hashFiles, makeCached, type Made } from "./cache.ts";
import { componentize } from "./componentize.ts";
import { buildEngine } from "./engine.ts";
import type { Generation } from "./engine.ts";
import { witFiles } from "./world.ts";

export interface Toolchain {
  /**
   * The component of an entry file with an async `main`; its folder's name is the program's.
   *
   * @param generation which nodes it is a first process for; a child is of its parent's generation in any case
   */
  component(entry: string, generation?: Generation): Promise<Uint8Array>;
}

/** What decides how components come out, besides their own sources. */
const SOURCES = [
  "engine.ts",
  "driver.wat",
  "preview1.wat",
  "componentize.ts",
  "bundle.ts",
  "data-segment.ts",
  "world.ts",
  "../sdk/host-imports.ts",
];
const PACKAGES = ["binaryen", "quickjs-wasi", "rolldown", "@bytecodealliance/jco"];

/** @param cache a folder for the engine and for components; may be deleted */
export function createToolchain(cache: string): Toolchain {
  const opening = new Map<Generation, Promise<{ engine: Uint8Array; key: string }>>();
  const open = async (generation: Generation): Promise<{ engine: Uint8Array; key: string }> => {
    const key = await toolKey();
    const name = generation === "first" ? "engine.wasm" : `engine-${generation}.wasm`;
    const make = async (): Promise<Made> => ({
      bytes: await buildEngine(generation),
      sources: [],
    });
    return { key, engine: await makeCached(join(cache, name), key, make) };
  };
  const openOnce = (generation: Generation): Promise<{ engine: Uint8Array; key: string }> => {
    const opened = opening.get(generation) ?? open(generation);
    opening.set(generation, opened);
    return opened;
  };
  return {
    async component(entry, generation = "first") {
      const { engine, key } = await openOnce(generation);
      const name = `${basename(dirname(entry))}-${basename(entry, ".ts")}.wasm`;
      return makeCached(join(cache, name), key, () => componentize(entry, engine, generation));
    },
  };
}

async function toolKey(): Promise<string> {
  const files = SOURCES.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const hashes = Object.values(await hashFiles([...files, ...(await witFiles())]));
  return hash(JSON.stringify([hashes, await Promise.all(PACKAGES.map(version))]));
}

async function version(name: string): Promise<string> {
  const file = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(await readFile(file, "utf8")) as { version: string }).version;
}
