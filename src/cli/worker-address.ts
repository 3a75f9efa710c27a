/** A plugin of Vite: workers that are built with the page, so that a browser loads only once what both need. */
import type { Plugin } from "vite";

const ADDRESS = "?worker-address";

/**
 * Makes `import address from "./x.worker.ts?worker-address"` where to load the module from, for a worker of type `module`.
 *
 * Vite would build a worker by itself, with a second copy of all that the page has of it as well.
 */
export function workerAddress(): Plugin {
  let isBuild = false;
  return {
    name: "ww:worker-address",
    enforce: "pre",
    configResolved({ command }) {
      isBuild = command === "build";
    },
    load(id) {
      if (!id.endsWith(ADDRESS)) return undefined;
      const worker = id.slice(0, -ADDRESS.length);
      const code = isBuild
        ? `export default import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: "chunk", id: worker })};`
        : `export { default } from ${JSON.stringify(`${worker}?worker&url`)};`;
      return { code, moduleType: "js" };
    },
  };
}
