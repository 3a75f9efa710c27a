/** The page: one document, its workers, and what they load lazily. */
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "esnext",
    // Every file is asked for by its own name, so that the headers of workers can differ.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
  worker: { format: "es" },
  optimizeDeps: { exclude: ["@bytecodealliance/jco", "@bytecodealliance/jco-transpile"] },
});
