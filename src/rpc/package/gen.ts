/**
 * Generates TypeScript from schemas, as a program and as functions.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generate } from "#capnp/generator";

export interface GenerateOptions {
  /** From where the modules import their runtime; the package's own unless said otherwise. */
  readonly runtime?: string;
}

/** A module of TypeScript. */
export interface GeneratedModule {
  /** Its path, relative to where the schemas were read from. */
  readonly path: string;
  readonly text: string;
}

/**
 * The modules for what `capnp compile -o-` writes, one for each schema that was asked for.
 *
 * @throws {Error} when a schema uses what cannot be generated
 */
export function generateModules(
  request: Uint8Array,
  { runtime = "@wetware/rpc/runtime" }: GenerateOptions = {},
): readonly GeneratedModule[] {
  return generate(request, runtime, "gen").map(({ source, text }) => ({
    path: source.replace(/\.capnp$/, ".ts"),
    text,
  }));
}

/**
 * What the compiler of Cap'n Proto says of schemas, to be given to `generateModules`.
 *
 * @param args its own, and the paths of the schemas: `["--src-prefix=schemas", "schemas/greeter.capnp"]`
 * @throws {Error} when it is not installed, or cannot compile them; it has said why.
 */
export function compileSchemas(args: readonly string[]): Uint8Array {
  try {
    return execFileSync("capnp", ["compile", "-o-", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      maxBuffer: 2 ** 30,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new Error("Cannot compile the schemas: the compiler has said why", { cause: error });
    }
    const how = `"apt install capnproto", "brew install capnp", or https://capnproto.org/install.html`;
    throw new Error(`Cannot compile schemas: there is no "capnp", which one installs by ${how}`, {
      cause: error,
    });
  }
}

/** Writes modules into a folder, and the folders that they need. @returns their paths */
export function writeModules(
  modules: readonly GeneratedModule[],
  folder: string,
): readonly string[] {
  return modules.map(({ path, text }) => {
    const to = join(folder, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
    return to;
  });
}
