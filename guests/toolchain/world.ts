/** Worlds of guests as one WIT text each: the packages of `wit/`, and what is imported and exported. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The version of the WASI packages in `wit/deps`. */
export const WASI_VERSION = "0.2.12";

/** A folder that tools for WIT take as it is. */
export const WIT_FOLDER: string = fileURLToPath(new URL("../../wit", import.meta.url));

/** The files that worlds are made of. */
export async function witFiles(): Promise<string[]> {
  const packages = (await readdir(join(WIT_FOLDER, "deps"))).sort();
  return [
    ...packages.map((name) => join(WIT_FOLDER, "deps", name)),
    join(WIT_FOLDER, "streams.wit"),
  ];
}

/** @returns a text whose world is `guest`; interfaces are named in full */
export async function worldText(
  imports: Iterable<string>,
  exports: Iterable<string> = [],
): Promise<string> {
  const files = await witFiles();
  const packages = await Promise.all(files.map(async (file) => nest(await readFile(file, "utf8"))));
  return [
    "package wetware:guest@0.1.0;",
    ...packages,
    "world guest {",
    ...Array.from(imports, (name) => `  import ${name};`),
    ...Array.from(exports, (name) => `  export ${name};`),
    "}",
  ].join("\n");
}

/** A file's package in braces, so that many fit into one text. */
function nest(text: string): string {
  return `${text.replace(/^package ([^;]+);$/m, "package $1 {")}\n}`;
}
