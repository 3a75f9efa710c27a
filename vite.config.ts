/** The pages, with and without a face, their workers, and what they load lazily. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import type { Plugin } from "vite";
import type { LocalNode } from "./src/cli/index.ts";
import { bundleCommand } from "./src/cli/bundle-command.ts";
import { compressPage } from "./src/cli/compress-page.ts";
import { preloadScripts } from "./src/cli/preload-scripts.ts";
import { scriptText } from "./src/cli/script-text.ts";
import { workerAddress } from "./src/cli/worker-address.ts";

const SERVICE_WORKER = "src/workers/sandbox.worker.ts";

export default defineConfig({
  // Wherever a host has the page.
  base: "./",
  build: {
    target: "esnext",
    // Every file is asked for by its own name, so that the headers of workers can differ.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    // Images come by their CIDs, from a gateway.
    copyPublicDir: false,
    rolldownOptions: {
      input: ["index.html", "headless.html", SERVICE_WORKER],
      output: {
        // A browser asks for it again by the name that it had, and lets it answer below its folder.
        entryFileNames: ({ facadeModuleId }) =>
          facadeModuleId?.endsWith(SERVICE_WORKER) === true
            ? "sandbox.js"
            : "assets/[name]-[hash].js",
      },
    },
  },
  worker: { format: "es", plugins: () => [scriptText()] },
  plugins: [
    scriptText(),
    workerAddress(),
    preloadScripts(),
    compressPage(),
    bundleCommand(),
    localNode(),
  ],
});

/** `vite` alone shows a page that runs: the local node beside it, with all images that are built. */
function localNode(): Plugin {
  const folder = fileURLToPath(new URL("public/images/", import.meta.url));
  let node: LocalNode | undefined;
  return {
    name: "ww:local-node",
    apply: (_config, { command, isPreview }) => command === "serve" && isPreview !== true,
    async config() {
      // Only here: a build needs neither libp2p nor what is on the disk.
      const { startLocalNode } = await import("./src/cli/index.ts");
      const names = existsSync(folder) ? readdirSync(folder) : [];
      const images = names.filter((name) => !name.startsWith(".")).map((name) => folder + name);
      node = await startLocalNode({ port: 0, images });
      return {
        server: {
          host: "127.0.0.1",
          headers: {
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Embedder-Policy": "require-corp",
          },
          // The relay's address is the node's own already.
          proxy: { "/config.json": node.url, "/ipfs": node.url },
        },
      };
    },
    async closeServer() {
      await node?.[Symbol.asyncDispose]();
    },
  };
}
