/** From an entry file with an async `main` to a component. */
import { readFile } from "node:fs/promises";
import { basename, dirname, isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew } from "@bytecodealliance/jco";
import { CompileFlags, QuickJS } from "quickjs-wasi";
import { rolldown } from "rolldown";
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
  const { code, sources } = await bundle(entry);
  const bytecode = await compile(code, entry);
  const program = new Uint8Array(4 + bytecode.length);
  new DataView(program.buffer).setUint32(0, bytecode.length, true);
  program.set(bytecode, 4);
  const core = replaceSegment(engine, "PROGRAM-GOES-HERE", program);
  const witSource = await worldText(guestImports(generation), [`wasi:cli/run@${WASI_VERSION}`]);
  const embedded = await componentEmbed({ binary: core, witSource, world: "guest" });
  return { bytes: await componentNew(embedded, []), sources };
}

function guestImports(generation: Generation): Set<string> {
  return new Set([
    ...importsOf(generation).map((wanted) => wanted.interface),
    ...ENGINE_INTERFACES.map((name) => `wasi:${name}@${WASI_VERSION}`),
  ]);
}

function sdk(name: string): string {
  return JSON.stringify(fileURLToPath(new URL(`../sdk/${name}`, import.meta.url)));
}

/** One script: the SDK's globals first, then the entry, started. */
async function bundle(entry: string): Promise<{ code: string; sources: string[] }> {
  const bundle = await rolldown({
    input: "ww:start",
    plugins: [
      {
        name: "start",
        resolveId: (id) => (id === "ww:start" ? id : null),
        load: (id) =>
          id === "ww:start"
            ? `import ${sdk("globals.ts")}; import { start } from ${sdk("start.ts")};` +
              `import { main } from ${JSON.stringify(entry)}; start(main);`
            : null,
      },
    ],
    treeshake: { moduleSideEffects: (id) => id.endsWith("/globals.ts") || id === "ww:start" },
    onLog(level, log) {
      if (level === "warn") throw new Error(log.message);
    },
  });
  try {
    const { output } = await bundle.generate({
      format: "iife",
      minify: { mangle: false, compress: true, codegen: false },
    });
    const [{ code, moduleIds }] = output;
    return { code, sources: moduleIds.filter((id) => isAbsolute(id)) };
  } finally {
    await bundle.close();
  }
}

/** Bytecode of exactly the engine that will run it; without its source, with its line numbers. */
async function compile(source: string, entry: string): Promise<Uint8Array> {
  const wasm = await readFile(new URL(import.meta.resolve("quickjs-wasi/quickjs.wasm")));
  using vm = await QuickJS.create({ wasm });
  return vm.compile(source, `${basename(dirname(entry))}.js`, 0, CompileFlags.STRIP_SOURCE);
}
