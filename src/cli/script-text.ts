/** A plugin of Vite: modules that are had as text, for workers that are started from text. */
import { isAbsolute } from "node:path";
import { rolldown } from "rolldown";
import type { Plugin } from "vite";

const SUFFIX = "?script";

/**
 * Makes `import text from "./x.ts?script"` the text of one script: that module with all that it imports, its exports in a
 * variable named `script`. What would import more at run time is an error: text has no place to import from.
 *
 * The text is ASCII: one letter beyond Latin-1 makes all of a script twice as large in memory, and a worker start half a
 * millisecond later.
 */
export function scriptText(): Plugin {
  return {
    name: "ww:script-text",
    enforce: "pre",
    async load(id) {
      if (!id.endsWith(SUFFIX)) return undefined;
      await using bundle = await rolldown({
        input: id.slice(0, -SUFFIX.length),
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
      return { code: `export default ${JSON.stringify(code)};`, moduleType: "js" };
    },
  };
}
