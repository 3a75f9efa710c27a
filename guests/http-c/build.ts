/**
 * Builds the image of `http-c` into `public/images/http-c`: `node guests/http-c/build.ts`.
 *
 * Does nothing when sources and tools are those of the last build.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { componentEmbed, componentNew } from "@bytecodealliance/jco";
import { makeCached, replaceFile } from "../toolchain/cache.ts";
import { compileBareC, cToolKey } from "../toolchain/compile-c.ts";
import { WASI_VERSION, worldText } from "../toolchain/world.ts";
import { wrapToolKey } from "../toolchain/wrap-core.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const IMAGE = at("public/images/http-c/bin/main.wasm");
const SOURCE = at("guests/http-c/main.c");

/**
 * @returns whether the image changed
 * @throws {Error} when a tool is missing, with the packages to install; or with what the compiler says.
 */
export async function buildHttpC(): Promise<boolean> {
  const key = (await cToolKey()) + (await wrapToolKey());
  const component = await makeCached(at(".cache/c/http-c.wasm"), key, async () => ({
    bytes: await makeHandler(await compileBareC(SOURCE)),
    sources: [SOURCE],
  }));
  const before = await readFile(IMAGE).catch(() => undefined);
  if (before?.equals(component) === true) return false;
  await replaceFile(IMAGE, component);
  return true;
}

/** A component that exports `wasi:http/incoming-handler`. */
async function makeHandler(core: Uint8Array): Promise<Uint8Array> {
  const witSource = await worldText(
    [`wasi:http/types@${WASI_VERSION}`, `wasi:http/outgoing-handler@${WASI_VERSION}`],
    [`wasi:http/incoming-handler@${WASI_VERSION}`],
  );
  return await componentNew(await componentEmbed({ binary: core, witSource, world: "guest" }), []);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(`http-c: ${(await buildHttpC()) ? "built" : "up to date"}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
