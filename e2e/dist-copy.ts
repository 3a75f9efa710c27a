/** A copy of the built page, whose scripts a story takes away or adds to. */
import { appendFile, cp, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DIST_FOLDER } from "./fixtures.ts";

export interface DistCopy extends AsyncDisposable {
  readonly folder: string;
  /** Takes the script of this name away. */
  take(name: string): Promise<{ putBack(): Promise<void> }>;
  /** Adds text to the end of the script of this name. */
  append(name: string, text: string): Promise<void>;
}

export async function copyDist(): Promise<DistCopy> {
  const folder = await mkdtemp(join(tmpdir(), "ww-dist-"));
  await cp(DIST_FOLDER, folder, { recursive: true });
  const assets = join(folder, "assets");
  /** The script, then its compressed forms. */
  const listForms = async (name: string): Promise<readonly [string, ...string[]]> => {
    const names = await readdir(assets);
    const [file, ...compressed] = names.filter((asset) => asset.startsWith(`${name}-`)).toSorted();
    if (file === undefined) throw new Error(`There is no script "${name}"`);
    return [file, ...compressed];
  };
  return {
    folder,
    async take(name) {
      const [file] = await listForms(name);
      const [there, away] = [join(assets, file), join(folder, file)];
      await rename(there, away);
      return { putBack: () => rename(away, there) };
    },
    async append(name, text) {
      const [file, ...compressed] = await listForms(name);
      await Promise.all(compressed.map((form) => rm(join(assets, form))));
      await appendFile(join(assets, file), `\n${text}`);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
