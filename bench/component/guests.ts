/** The bench's components, from their sources: what is up to date is left alone. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { makeCached, replaceFile } from "../../guests/toolchain/cache.ts";
import { compileC, cToolKey } from "../../guests/toolchain/compile-c.ts";
import { wrapCore, wrapToolKey } from "../../guests/toolchain/wrap-core.ts";
import { growComponent } from "./grow-component.ts";
import { writeHostCalls } from "./host-calls.ts";
import { SIZE_BYTES } from "./sizes.ts";

const SOURCE = fileURLToPath(new URL("../../guests/hello-c/main.c", import.meta.url));
const CACHED = fileURLToPath(new URL("../../.cache/bench/guests/hello.wasm", import.meta.url));

/**
 * Puts a component of each size and `host-calls.wasm` into the folder.
 *
 * @throws {Error} when a compiler is missing, with the packages to install.
 */
export async function placeComponents(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const key = (await cToolKey()) + (await wrapToolKey());
  const hello = await makeCached(CACHED, key, async () => ({
    bytes: await wrapCore(await compileC(SOURCE)),
    sources: [SOURCE],
  }));
  for (const [name, bytes] of Object.entries(SIZE_BYTES)) {
    await replaceFile(join(folder, `${name}.wasm`), growComponent(hello, bytes));
  }
  await replaceFile(join(folder, "host-calls.wasm"), await parse(writeHostCalls()));
}
