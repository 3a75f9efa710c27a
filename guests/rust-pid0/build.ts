/**
 * Builds the image of `rust-pid0` into `public/images/rust-pid0`: `node guests/rust-pid0/build.ts`.
 *
 * Does nothing when the sources are those of the last build.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { makeCached, replaceFile } from "../toolchain/cache.ts";
import { compileRust, listRustSources } from "../toolchain/compile-rust.ts";
import { wrapConnectedCore, wrapToolKey } from "../toolchain/wrap-core.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const OUTPUT = at("public/images/rust-pid0/bin/main.wasm");
/** What is compiled: the guest, and what it shares with the peer of the interop tests. */
const SOURCES = ["guests/rust-pid0", "src/rpc/interop/rust/src"] as const;

/** @returns whether the image changed */
export async function buildRustPid0(): Promise<boolean> {
  const component = await makeCached(
    at(".cache/rust/rust-pid0.wasm"),
    await wrapToolKey(),
    async () => ({
      bytes: await wrapConnectedCore(await compileRust(SOURCES)),
      sources: await listRustSources(SOURCES),
    }),
  );
  const before = await readFile(OUTPUT).catch(() => undefined);
  if (before?.equals(component) === true) return false;
  await replaceFile(OUTPUT, component);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(`rust-pid0: ${(await buildRustPid0()) ? "built" : "up to date"}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
