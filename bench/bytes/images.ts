/** The bench's program, by itself and in an image beside a large file. */
import { randomBytes } from "node:crypto";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCached, replaceFile } from "../../guests/toolchain/cache.ts";
import { compileC, cToolKey } from "../../guests/toolchain/compile-c.ts";
import { wrapCore, wrapToolKey } from "../../guests/toolchain/wrap-core.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const CACHE = at("../../.cache/bench/guests");
const SOURCE = at("bytes.c");
export const LARGE_BYTES: number = 100 * 1024 * 1024;

export interface BytesImage {
  /** A folder with the program as `bin/main.wasm` and 100 MB that nothing compresses as `large`. */
  readonly folder: string;
  readonly large: string;
  readonly component: string;
  /** The program for preview 1, which `node:wasi` runs. */
  readonly core: string;
}

/** @throws {Error} when a compiler is missing, with the packages to install. */
export async function makeBytesImage(folder: string): Promise<BytesImage> {
  const image = join(folder, "image");
  const component = join(image, "bin/main.wasm");
  const core = join(folder, "core.wasm");
  const large = join(image, "large");
  await mkdir(dirname(component), { recursive: true });
  const made = await makeCached(join(CACHE, "bytes-core.wasm"), await cToolKey(), async () => ({
    bytes: await compileC(SOURCE),
    sources: [SOURCE],
  }));
  const key = (await cToolKey()) + (await wrapToolKey());
  const wrapped = await makeCached(join(CACHE, "bytes.wasm"), key, async () => ({
    bytes: await wrapCore(made),
    sources: [SOURCE],
  }));
  await replaceFile(core, made);
  await replaceFile(component, wrapped);
  const found = await stat(large).catch(() => undefined);
  if (found?.size !== LARGE_BYTES) await writeFile(large, randomBytes(LARGE_BYTES));
  return { folder: image, large, component, core };
}
