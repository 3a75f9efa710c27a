/** Builds the image of a guest in Rust into `public/images`. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCached, replaceFile } from "./cache.ts";
import { compileRust, listRustSources } from "./compile-rust.ts";
import { wrapConnectedCore, wrapToolKey } from "./wrap-core.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * Does nothing when the sources are those of the last build.
 *
 * @param folders the guest's, from the top of the repository, then what it shares with others
 * @returns whether the image changed
 */
export async function buildRustGuest(
  folders: readonly [guest: string, ...shared: string[]],
): Promise<boolean> {
  const name = basename(folders[0]);
  const output = at(`public/images/${name}/bin/main.wasm`);
  const component = await makeCached(
    at(`.cache/rust/${name}.wasm`),
    await wrapToolKey(),
    async () => ({
      bytes: await wrapConnectedCore(await compileRust(folders)),
      sources: await listRustSources(folders),
    }),
  );
  const before = await readFile(output).catch(() => undefined);
  if (before?.equals(component) === true) return false;
  await replaceFile(output, component);
  return true;
}

/** What a guest's own `build.ts` does when it is started by itself. */
export async function reportBuild(name: string, build: () => Promise<boolean>): Promise<void> {
  try {
    console.log(`${name}: ${(await build()) ? "built" : "up to date"}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
