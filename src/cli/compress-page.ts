/** A plugin of Vite: writes compressed copies of the built page's files beside them, once, at the highest level. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";
import { ENCODINGS } from "./encodings.ts";

const compress = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

/**
 * Writes `<file>.br` and `<file>.gz` for each file that is text and becomes smaller.
 *
 * The page server and many static hosts send these to browsers that accept them; any other host sends the files themselves.
 */
export function compressPage(): Plugin {
  return {
    name: "ww:compress-page",
    apply: "build",
    async writeBundle({ dir }, bundle) {
      if (dir === undefined) return;
      const names = Object.keys(bundle).filter((name) => /\.(?:css|html|js|json|svg)$/.test(name));
      await Promise.all(names.map((name) => compressFile(join(dir, name))));
    },
  };
}

async function compressFile(file: string): Promise<void> {
  const bytes = await readFile(file);
  for (const { name, ending } of ENCODINGS) {
    const compressed = await compress[name](bytes);
    if (compressed.length < bytes.length) await writeFile(file + ending, compressed);
  }
}
