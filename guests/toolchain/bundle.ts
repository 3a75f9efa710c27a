/** The scripts of a program: one, or for a guest of a sandbox one and the parts that it loads when it needs them. */
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown, type Plugin } from "rolldown";
import type { Generation } from "./engine.ts";

export interface Bundle {
  readonly code: string;
  /** By the names that `require` gets. */
  readonly parts: ReadonlyMap<string, string>;
  /** The files it was made from. */
  readonly sources: string[];
}

const MAIN = "main.js";

/** What packages for Node do that parts live with. */
const LENIENT: ReadonlySet<string> = new Set(["SHIMMED_EXPORT", "EMPTY_IMPORT_META"]);

export async function bundle(entry: string, generation: Generation): Promise<Bundle> {
  const hasParts = generation === "sandbox";
  const built = await rolldown({
    input: "ww:start",
    plugins: [startOf(entry, hasParts), ...(hasParts ? [withoutNode()] : [])],
    platform: "browser",
    shimMissingExports: hasParts,
    treeshake: { moduleSideEffects: (id) => id.endsWith("/globals.ts") || id === "ww:start" },
    // How long it takes on a busy machine is no fault of the program.
    checks: { pluginTimings: false },
    onLog(level, log) {
      if (level === "warn" && !(hasParts && LENIENT.has(log.code ?? ""))) {
        throw new Error(`${log.code ?? ""}: ${log.message}`);
      }
    },
  });
  try {
    const { output } = await built.generate({
      format: hasParts ? "cjs" : "iife",
      ...(hasParts ? { entryFileNames: MAIN, chunkFileNames: "[name]-[hash].js" } : {}),
      minify: { mangle: false, compress: true, codegen: false },
    });
    const [main, ...others] = output;
    const parts = new Map<string, string>();
    const sources = [...main.moduleIds];
    for (const chunk of others) {
      if (chunk.type !== "chunk") continue;
      parts.set(`./${chunk.fileName}`, wrap(chunk.code));
      sources.push(...chunk.moduleIds);
    }
    const code = hasParts ? toMain(main.code, await bundleGlobals()) : main.code;
    return { code, parts, sources: sources.filter((id) => isAbsolute(id)) };
  } finally {
    await built.close();
  }
}

/** Stands in a program with parts for where each lies: offset and length behind the program itself, by name. */
export const PLACES = "PLACES_GO_HERE";

/** The first script of a program with parts, and how those are had. Parts need the globals when they are loaded. */
function toMain(code: string, globals: string): string {
  return `${globals}
(function () {
const load = host[host.length - 1];
const places = ${PLACES};
const modules = { "./${MAIN}": { exports: {} } };
function require(name) {
  let made = modules[name];
  if (made === undefined) {
    made = modules[name] = { exports: {} };
    load(...places[name])(made.exports, require, made);
  }
  return made.exports;
}
${wrap(code)}(modules["./${MAIN}"].exports, require, modules["./${MAIN}"]);
})();`;
}

async function bundleGlobals(): Promise<string> {
  const built = await rolldown({ input: JSON.parse(sdk("globals.ts")) as string });
  try {
    const { output } = await built.generate({ format: "iife" });
    return output[0].code;
  } finally {
    await built.close();
  }
}

function wrap(code: string): string {
  return `(function (exports, require, module) {${code}\n})`;
}

const sdk = (name: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../sdk/${name}`, import.meta.url)));

/** The SDK's globals first, then the entry, started. */
function startOf(entry: string, isSandbox: boolean): Plugin {
  const main = JSON.stringify(entry);
  const text = isSandbox
    ? `import { openSandbox } from ${sdk("sandbox.ts")}; import { main } from ${main};` +
      "start(main, openSandbox);"
    : `import { main } from ${main}; start(main);`;
  const globals = isSandbox ? "" : `import ${sdk("globals.ts")};`;
  return {
    name: "start",
    resolveId: (id) => (id === "ww:start" ? id : null),
    load: (id) =>
      id === "ww:start" ? `${globals}import { start } from ${sdk("start.ts")};${text}` : null,
  };
}

/** Modules of Node, and others that are not there, are empty ones: the tools that need them are not taken. */
function withoutNode(): Plugin {
  return {
    name: "without-node",
    resolveId: {
      order: "pre",
      filter: { id: /^(?![./#]|ww:)/ },
      async handler(id, importer) {
        // Its door for browsers has no parser.
        if (id === "just-bash") return fileURLToPath(import.meta.resolve("just-bash"));
        if (id.startsWith("node:")) return `\0nothing:${id}`;
        const found = await this.resolve(id, importer, { skipSelf: true }).catch(() => null);
        return found === null || found.external ? `\0nothing:${id}` : found;
      },
    },
    load: (id) => (id.startsWith("\0nothing:") ? "export default {};" : null),
    transform: {
      filter: { id: /just-bash/ },
      handler: (code) =>
        code
          // Files of bundles for Node begin with a `require` of their own.
          .replace(/const (\w+)=\w+\(import\.meta\.url\);/, "const $1=undefined;")
          // The package's own table of commands is not used: no part for each of them.
          .replace(/import\("\.\/chunks\/[^"]+"\)/g, "undefined"),
    },
  };
}
