/** The bench's guests, from their sources: what is up to date is left alone. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCached, replaceFile } from "../../guests/toolchain/cache.ts";
import { compileC, cToolKey } from "../../guests/toolchain/compile-c.ts";
import { compileRust, listRustSources } from "../../guests/toolchain/compile-rust.ts";
import { wrapConnectedCore, wrapCore, wrapToolKey } from "../../guests/toolchain/wrap-core.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const CACHE = at(".cache/bench/guests");
const ECHOES = [
  "bench/cell/guests/echoes",
  "guests/rust-pid0",
  "src/rpc/interop/rust/src",
] as const;

/**
 * Puts `first-byte.wasm`, `cgi.wasm`, `streams.wasm` and `echoes.wasm` into the folder.
 *
 * @throws {Error} when a compiler is missing, with the packages to install.
 */
export async function placeGuests(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const guests = {
    "first-byte": await buildC("first-byte", wrapCore),
    cgi: await buildC("cgi", wrapCore),
    streams: await buildC("streams", wrapConnectedCore),
    echoes: await makeCached(join(CACHE, "echoes.wasm"), await wrapToolKey(), async () => ({
      bytes: await wrapConnectedCore(await compileRust(ECHOES)),
      sources: await listRustSources(ECHOES),
    })),
  };
  for (const [name, bytes] of Object.entries(guests)) {
    await replaceFile(join(folder, `${name}.wasm`), bytes);
  }
}

async function buildC(
  name: string,
  wrap: (core: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const source = at(`bench/cell/guests/${name}.c`);
  const key = (await cToolKey()) + (await wrapToolKey());
  return makeCached(join(CACHE, `${name}.wasm`), key, async () => ({
    bytes: await wrap(await compileC(source)),
    sources: [source],
  }));
}
