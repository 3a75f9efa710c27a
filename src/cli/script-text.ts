/** A plugin of Vite: imports a module with its imports as one script for workers, as text or by address. */
import { basename, extname, isAbsolute } from "node:path";
import { rolldown } from "rolldown";
import type { Plugin } from "vite";

const TEXT = "?script";
const ADDRESS = "?script-address";
/**
 * Chromium compiles each function on its first call, on the calling thread: a third of a cell's start when its worker is
 * ready. With this as the first line of a script, it compiles all functions while loading, in parallel with other work.
 *
 * @see {@link https://v8.dev/blog/explicit-compile-hints} "Explicit Compile Hints"
 */
const COMPILE_ALL = "//# allFunctionsCalledOnLoad";

/**
 * Makes `import text from "./x.ts?script"` the text of one script: that module with everything that it imports, its exports
 * in a variable named `script`. A dynamic import is an error, since text has no base to import from.
 *
 * `import address from "./x.ts?script-address"` is the address of that script: a file of its own in the built page, which can
 * be served with a policy of its own, and a `blob:` of the page during development.
 *
 * The text is ASCII: one letter beyond Latin-1 makes the whole script twice as large in memory, and a worker start half a
 * millisecond later.
 */
export function scriptText(): Plugin {
  let isBuild = false;
  return {
    name: "ww:script-text",
    enforce: "pre",
    configResolved({ command }) {
      isBuild = command === "build";
    },
    async load(id) {
      const suffix = [TEXT, ADDRESS].find((known) => id.endsWith(known));
      if (suffix === undefined) return undefined;
      const input = id.slice(0, -suffix.length);
      await using bundle = await rolldown({
        input,
        plugins: [
          {
            name: "ww:import-nothing-later",
            // Kept external: most are in code of dependencies that is then removed as unused.
            resolveId: (source, _importer, { kind }) =>
              kind === "dynamic-import" ? { id: source, external: true } : undefined,
          },
        ],
      });
      const { output } = await bundle.generate({
        format: "iife",
        name: "script",
        minify: { codegen: { asciiOnly: true } },
      });
      const [{ code, moduleIds, dynamicImports }] = output;
      if (dynamicImports.length > 0) {
        this.error(`Script "${id}" would import at run time: ${dynamicImports.join(", ")}`);
      }
      for (const module of moduleIds) if (isAbsolute(module)) this.addWatchFile(module);
      const text = JSON.stringify(code);
      if (suffix === TEXT) return { code: `export default ${text};`, moduleType: "js" };
      if (isBuild) {
        const name = `${basename(input, extname(input))}.js`;
        const file = this.emitFile({ type: "asset", name, source: `${COMPILE_ALL}\n${code}` });
        return { code: `export default import.meta.ROLLUP_FILE_URL_${file};`, moduleType: "js" };
      }
      const blob = `new Blob([${text}], { type: "text/javascript" })`;
      return { code: `export default URL.createObjectURL(${blob});`, moduleType: "js" };
    },
  };
}
