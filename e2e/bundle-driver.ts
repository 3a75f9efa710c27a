/** A script for pages, with what it imports; modules of Node, which it does not use there, are empty. */
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** @param path beside this file */
export async function bundleDriver(path: string): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL(path, import.meta.url)),
    platform: "browser",
    plugins: [
      {
        name: "no-node",
        resolveId: (id) =>
          /^(?:node:|(?:fs|path|os|crypto|stream|url|util|http|https|zlib|events|buffer)$)/.test(id)
            ? { id: `\0none:${id}` }
            : null,
        load: (id) => (id.startsWith("\0none:") ? "export default {};" : null),
      },
    ],
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "iife", codeSplitting: false });
  await bundle.close();
  return output[0].code;
}
