/** A plugin of Vite: with the page, the `ww` command is built as few files that Node loads at once. */
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { Plugin } from "vite";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** As deep as the sources, so that paths relative to them hold. */
const FOLDER = ".cache/ww";
/** What has files of its own, or is loaded by few commands. */
const EXTERNAL = /^(?:playwright|vite|binaryen|@bytecodealliance\/.*)$|\/guests\/toolchain\//;

export function bundleCommand(): Plugin {
  let isWanted = false;
  return {
    name: "ww:bundle-command",
    apply: "build",
    // Pages that a test builds for itself, elsewhere, leave the command alone.
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
