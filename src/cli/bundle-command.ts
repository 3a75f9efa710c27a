/** A plugin of Vite: builds the `ww` command together with the page, as a few files that Node loads quickly. */
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { Plugin } from "vite";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** As deep in the repository as the sources, so that relative paths stay valid. */
const FOLDER = ".cache/ww";
/** Packages that have files of their own, or that few commands load. */
const EXTERNAL = /^(?:playwright|vite|binaryen|@bytecodealliance\/.*)$|\/guests\/toolchain\//;

export function bundleCommand(): Plugin {
  let isWanted = false;
  return {
    name: "ww:bundle-command",
    apply: "build",
    // A test that builds a page of its own elsewhere does not rebuild the command.
    configResolved: ({ build: { outDir, ssr } }) => {
      isWanted = outDir === "dist" && ssr === false;
    },
    async closeBundle() {
      if (!isWanted) return;
      await build({
        root: ROOT,
        configFile: false,
        logLevel: "warn",
        publicDir: false,
        ssr: { noExternal: true },
        build: {
          ssr: true,
          outDir: FOLDER,
          emptyOutDir: true,
          target: "node24",
          minify: true,
          rolldownOptions: {
            input: "src/cli/ww.ts",
            external: EXTERNAL,
            output: { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
          },
        },
      });
    },
  };
}
