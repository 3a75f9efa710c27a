/** A plugin of Vite: modules that are had as one script, as its text or by its address, for workers. */
import { basename, extname, isAbsolute } from "node:path";
import { rolldown } from "rolldown";
import type { Plugin } from "vite";

const TEXT = "?script";
const ADDRESS = "?script-address";
/**
 * Chromium compiles each function when it is first called, on the thread that calls it: a third of the start of a cell whose
 * worker waited already. With this as the first line of a script, it compiles all of them while it loads, beside other work.
 *
 * @see {@link https://v8.dev/blog/explicit-compile-hints} "Explicit Compile Hints"
 */
const COMPILE_ALL = "//# allFunctionsCalledOnLoad";

/**
 * Makes `import text from "./x.ts?script"` the text of one script: that module with all that it imports, its exports in a
 * variable named `script`. What would import more at run time is an error: text has no place to import from.
 *
 * `import address from "./x.ts?script-address"` is where to load that script from: a file of its own in the built page, so that
 * it can be served with a policy of its own, and a `blob:` of the page while developing.
 *
 * The text is ASCII: one letter beyond Latin-1 makes all of a script twice as large in memory, and a worker start half a
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
            // Mostly somebody else's, and left out with whoever would do it.
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
