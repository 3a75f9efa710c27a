/** The userland of sandboxes as a layer: `bin/bash`, a link to it for each tool, and the files that shells read. */
import { mkdir, readdir, readFile, readlink, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "../toolchain/cache.ts";
import type { Toolchain } from "../toolchain/toolchain.ts";
import { BUILTIN_PROGRAMS } from "./builtins/index.ts";
import { toolNames } from "./tools/run-tool.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** @returns whether anything of it was not there already */
export async function buildBash(toolchain: Toolchain, folder: string): Promise<boolean> {
  const component = await toolchain.component(at("main.ts"), "sandbox");
  let changed = await place(join(folder, "bin/bash"), component);
  for (const name of ["sh", ...BUILTIN_PROGRAMS, ...toolNames()]) {
    changed = (await link(join(folder, "bin", name), "bash")) || changed;
  }
  const layer = at("layer/");
  for (const entry of await readdir(layer, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    changed =
      (await place(join(folder, path.slice(layer.length)), await readFile(path))) || changed;
  }
  await mkdir(join(folder, "tmp"), { recursive: true });
  return changed;
}

async function place(path: string, bytes: Uint8Array): Promise<boolean> {
  const old = await readFile(path).catch(() => undefined);
  if (old?.equals(bytes) === true) return false;
  await replaceFile(path, bytes);
  return true;
}

async function link(path: string, target: string): Promise<boolean> {
  if ((await readlink(path).catch(() => undefined)) === target) return false;
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await symlink(target, path);
  return true;
}
