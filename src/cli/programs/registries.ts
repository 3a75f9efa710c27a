/** Fetches programs and their sources from registries. */
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Recipe } from "./program.ts";
import type { Workshop } from "./workshop.ts";

/** A file of a package of npm. */
export function npmFile(name: string, version: string, path: string): Recipe<Uint8Array> {
  return async (workshop) => readFile(join(await npmPackage(workshop, name, version), path));
}

/** A folder of a package of npm. */
export function npmFolder(name: string, version: string, path: string): Recipe<string> {
  return async (workshop) => join(await npmPackage(workshop, name, version), path);
}

/** The files that a YoWASP package keeps in one module beside its program. */
export function yowaspFolder(
  name: string,
  version: string,
  path: string,
  top: string,
): Recipe<string> {
  return async (workshop) => {
    const file = join(await npmPackage(workshop, name, version), path);
    const folder = await workshop.folder(`files ${name}@${version}`, async (draft) => {
      const { filesystem } = (await import(pathToFileURL(file).href)) as { filesystem: Tree };
      await writeTree(join(draft, "files"), filesystem);
    });
    return join(folder, "files", top);
  };
}

interface Tree {
  readonly [name: string]: Tree | URL | Uint8Array | string;
}

async function writeTree(folder: string, tree: Tree): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, node] of Object.entries(tree)) {
    const path = join(folder, name);
    if (node instanceof URL) await cp(node, path);
    else if (typeof node === "string" || node instanceof Uint8Array) await writeFile(path, node);
    else await writeTree(path, node);
  }
}

/** An npm package with its dependencies; none of their scripts are run. */
export async function npmPackage(
  workshop: Workshop,
  name: string,
  version: string,
): Promise<string> {
  return join(await npmPackages(workshop, `${name}@${version}`), name);
}

/** The `node_modules` folder of several npm packages. */
export async function npmPackages(
  workshop: Workshop,
  ...packages: readonly string[]
): Promise<string> {
  const folder = await workshop.folder(`npm ${packages.join(" ")}`, async (draft) => {
    await writeFile(join(draft, "package.json"), "{}");
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
    await workshop.run("npm", ["install", ...options, ...packages], { cwd: draft });
  });
  return join(folder, "node_modules");
}

/** The sources of a package of Debian as their authors published them. */
export function debian(name: string, version: string): Recipe<string> {
  return (workshop) => debianSource(workshop, name, version);
}

async function debianSource(workshop: Workshop, name: string, version: string): Promise<string> {
  const folder = await workshop.folder(`debian ${name}=${version}`, async (draft) => {
    // The machine's own package sources, with `deb` replaced by `deb-src`.
    const places = ["/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources"];
    const texts = places.filter(existsSync).map((path) => readFileSync(path, "utf8"));
    const list = texts.join("\n");
    const isLines = /^deb /m.test(list);
    const file = join(draft, isLines ? "places.list" : "places.sources");
    await writeFile(file, list.replace(/^(Types: )?deb\b(-src)?/gm, "$1deb-src"));
    const lists = join(draft, "lists");
    await workshop.run("mkdir", ["-p", join(lists, "partial")]);
    const options = [
      ["-o", `Dir::Etc::sourcelist=${file}`],
      ["-o", "Dir::Etc::sourceparts=-"],
      ["-o", `Dir::State::lists=${lists}`],
    ].flat();
    await workshop.run("apt-get", [...options, "update"], { cwd: draft });
    const order = ["source", "--download-only", `${name}=${version}`];
    await workshop.run("apt-get", [...options, ...order], { cwd: draft });
    const [archive] = (await readdir(draft)).filter((found) => /\.orig\.tar\.\w+$/.test(found));
    if (archive === undefined) throw new Error(`Debian's source of "${name}" has no archive`);
    await workshop.run("tar", ["xf", archive, "--one-top-level=source", "--strip-components=1"], {
      cwd: draft,
    });
    await rm(lists, { recursive: true });
  });
  return join(folder, "source");
}
