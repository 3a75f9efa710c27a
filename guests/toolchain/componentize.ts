/** From an entry file with an async `main` to a component. */
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { componentEmbed, componentNew } from "@bytecodealliance/jco";
import { CompileFlags, QuickJS } from "quickjs-wasi";
import { bundle, PLACES } from "./bundle.ts";
import type { Made } from "./cache.ts";
import { replaceSegment } from "./data-segment.ts";
import { importsOf } from "./engine.ts";
import type { Generation } from "./engine.ts";
import { WASI_VERSION, worldText } from "./world.ts";

/** What driver.wat and preview1.wat ask for besides the SDK. */
const ENGINE_INTERFACES = [
  "cli/stderr",
  "clocks/wall-clock",
  "clocks/monotonic-clock",
  "random/random",
];

/**
 * The component that runs the entry's export `main`.
 *
 * @param engine the core module of `buildEngine`
 * @throws {Error} when the program cannot be bundled or does not parse; the message names file and place.
 */
export async function componentize(
  entry: string,
  engine: Uint8Array,
  generation: Generation = "first",
): Promise<Made> {
  const { code, parts, sources } = await bundle(entry, generation);
  const places = new Map<string, readonly [number, number]>();
  const compiled: Uint8Array[] = [];
  let offset = 0;
  for (const [name, part] of parts) {
    const bytecode = await compile(part, name);
    compiled.push(bytecode);
    places.set(name, [offset, bytecode.length]);
    offset += bytecode.length;
  }
  const table = JSON.stringify(Object.fromEntries(places));
  const main = await compile(code.replace(PLACES, table), toName(entry));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, main.length, true);
  const program = Buffer.concat([length, main, ...compiled]);
  const core = replaceSegment(engine, "PROGRAM-GOES-HERE", program);
  const witSource = await worldText(guestImports(generation), [`wasi:cli/run@${WASI_VERSION}`]);
  const embedded = await componentEmbed({ binary: core, witSource, world: "guest" });
  return { bytes: await componentNew(embedded, []), sources };
}

function toName(entry: string): string {
  return `${basename(dirname(entry))}.js`;
}

function guestImports(generation: Generation): Set<string> {
  return new Set([
    ...importsOf(generation).map((wanted) => wanted.interface),
    ...ENGINE_INTERFACES.map((name) => `wasi:${name}@${WASI_VERSION}`),
  ]);
}

/** Bytecode of exactly the engine that will run it; without its source, with its line numbers. */
async function compile(source: string, name: string): Promise<Uint8Array> {
  const wasm = await readFile(new URL(import.meta.resolve("quickjs-wasi/quickjs.wasm")));
  using vm = await QuickJS.create({ wasm });
  return vm.compile(source, name, 0, CompileFlags.STRIP_SOURCE);
}
