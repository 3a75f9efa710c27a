/** Image folders from programs, built again only when something that went into them changed. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { componentize } from "./componentize.ts";
import { buildEngine } from "./engine.ts";

export interface ImageFolders {
  /** One folder per program, each with `main.ts`. */
  readonly guests: string;
  readonly images: string;
  /** For the engine, components and what they were made from; may be deleted. */
  readonly cache: string;
}

export interface ImageBuilder {
  /** Builds the folder of an image from paths in it and the programs at them; says whether anything changed. */
  build(image: string, programs: Readonly<Record<string, string>>): Promise<boolean>;
}

/** Everything that decides what comes out, besides a program's own sources. */
const SOURCES = [
  "engine.ts",
  "driver.wat",
  "preview1.wat",
  "componentize.ts",
  "data-segment.ts",
  "world.ts",
  "../sdk/host-imports.ts",
];
const TOOLS = ["binaryen", "quickjs-wasi", "rolldown", "@bytecodealliance/jco"];

export function createImageBuilder(folders: ImageFolders): ImageBuilder {
  const made = new Map<string, Promise<string>>();
  const engine = once(() => cachedEngine(folders.cache));

  const component = (program: string): Promise<string> => {
    const known = made.get(program) ?? buildComponent(program);
    made.set(program, known);
    return known;
  };
  const buildComponent = async (program: string): Promise<string> => {
    const { path: enginePath, key } = await engine();
    const built = join(folders.cache, `${program}.wasm`);
    const record = join(folders.cache, `${program}.json`);
    if (await isCurrent(record, built, key)) return built;
    const entry = join(folders.guests, program, "main.ts");
    const { component: bytes, sources } = await componentize(entry, await readFile(enginePath));
    await replaceFile(built, bytes);
    const inputs = await hashAll([...sources, built]);
    await replaceFile(record, JSON.stringify({ key, inputs }));
    return built;
  };

  return {
    async build(image, programs) {
      let written = 0;
      for (const [path, program] of Object.entries(programs)) {
        const bytes = await readFile(await component(program));
        const target = join(folders.images, image, path);
        const old = await readFile(target).catch(() => undefined);
        if (old !== undefined && bytes.equals(old)) continue;
        await replaceFile(target, bytes);
        written += 1;
      }
      return written > 0;
    },
  };
}

/** The engine's file, and a key that changes with it and with the toolchain. */
async function cachedEngine(cache: string): Promise<{ path: string; key: string }> {
  const path = join(cache, "engine.wasm");
  const record = join(cache, "engine.json");
  const key = await toolKey();
  if (!(await isCurrent(record, path, key))) {
    await replaceFile(path, await buildEngine());
    await replaceFile(record, JSON.stringify({ key, inputs: await hashAll([path]) }));
  }
  return { path, key };
}

/** A hash of the toolchain's own files and of the versions it builds on. */
async function toolKey(): Promise<string> {
  const files = SOURCES.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const hashes = Object.values(await hashAll(files));
  return hash(JSON.stringify([hashes, await Promise.all(TOOLS.map(packageVersion))]));
}

async function packageVersion(name: string): Promise<string> {
  const text = await readFile(
    fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url)),
    "utf8",
  );
  return `${name}@${(JSON.parse(text) as { version: string }).version}`;
}

/** Whether the record has this key and its files, `built` among them, are still as they were. */
async function isCurrent(record: string, built: string, key: string): Promise<boolean> {
  const text = await readFile(record, "utf8").catch(() => undefined);
  if (text === undefined) return false;
  const { key: oldKey, inputs } = JSON.parse(text) as {
    key: string;
    inputs: Record<string, string>;
  };
  if (oldKey !== key || inputs[built] === undefined) return false;
  const now = await hashAll(Object.keys(inputs)).catch(() => undefined);
  return JSON.stringify(now) === JSON.stringify(inputs);
}

async function hashAll(paths: readonly string[]): Promise<Record<string, string>> {
  const hashes = paths.map(async (path) => [path, hash(await readFile(path))] as const);
  return Object.fromEntries(await Promise.all(hashes));
}

function hash(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Nobody ever sees half a file. */
async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
