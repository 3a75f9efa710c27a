/** The toolchain with its cache: components from entries, the engine built at most once. */
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hash, hashFiles, makeCached, type Made } from "./cache.ts";
import { componentize } from "./componentize.ts";
import { buildEngine } from "./engine.ts";
import { witFiles } from "./world.ts";

export interface Toolchain {
  /** The component of an entry file with an async `main`; its folder's name is the program's. */
  component(entry: string): Promise<Uint8Array>;
}

/** What decides how components come out, besides their own sources. */
const SOURCES = [
  "engine.ts",
  "driver.wat",
  "preview1.wat",
  "componentize.ts",
  "data-segment.ts",
  "world.ts",
  "../sdk/host-imports.ts",
];
const PACKAGES = ["binaryen", "quickjs-wasi", "rolldown", "@bytecodealliance/jco"];

/** @param cache a folder for the engine and for components; may be deleted */
export function createToolchain(cache: string): Toolchain {
  let opening: Promise<{ engine: Uint8Array; key: string }> | undefined;
  const open = async (): Promise<{ engine: Uint8Array; key: string }> => {
    const key = await toolKey();
    return { key, engine: await makeCached(join(cache, "engine.wasm"), key, makeEngine) };
  };
  return {
    async component(entry) {
      const { engine, key } = await (opening ??= open());
      const name = `${basename(dirname(entry))}-${basename(entry, ".ts")}.wasm`;
      return makeCached(join(cache, name), key, () => componentize(entry, engine));
    },
  };
}

async function makeEngine(): Promise<Made> {
  return { bytes: await buildEngine(), sources: [] };
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
