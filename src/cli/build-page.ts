/** Builds the page from the current sources, for commands that test it. */
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** @param outDir emptied first */
export async function buildPage(outDir: string): Promise<void> {
  const { build } = await import("vite");
  await build({ root: ROOT, logLevel: "error", build: { outDir, emptyOutDir: true } });
}
