/**
 * Builds the image of `hello-c` into `public/images/hello-c`, and the C program of the cell tests into `.cache`:
 * `node guests/hello-c/build.ts`.
 *
 * Does nothing when sources and tools are those of the last build.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { makeCached, replaceFile } from "../toolchain/cache.ts";
import { compileC, cToolKey } from "../toolchain/compile-c.ts";
import { wrapCore, wrapToolKey } from "../toolchain/wrap-core.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const IMAGE = at("public/images/hello-c/bin/main.wasm");

/**
 * Compiles the programs and wraps them into components.
 *
 * @returns whether the image changed
 * @throws {Error} when a tool is missing, with the packages to install; or with what the compiler says.
 */
export async function buildHelloC(): Promise<boolean> {
  const component = await buildC("guests/hello-c/main.c", ".cache/c/hello-c.wasm");
  await buildC("src/cell/testdata/files.c", ".cache/c/files.wasm");
  const before = await readFile(IMAGE).catch(() => undefined);
  if (before?.equals(component) === true) return false;
  await replaceFile(IMAGE, component);
  return true;
}

async function buildC(source: string, output: string): Promise<Uint8Array> {
  const key = (await cToolKey()) + (await wrapToolKey());
  return makeCached(at(output), key, async () => ({
    bytes: await wrapCore(await compileC(at(source))),
    sources: [at(source)],
  }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(`hello-c: ${(await buildHelloC()) ? "built" : "up to date"}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
