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
  /** Module specifier of the runtime; by default that of this package. */
  readonly runtime?: string;
}

/** A module of TypeScript. */
export interface GeneratedModule {
  /** Path relative to the schemas' source prefix. */
  readonly path: string;
  readonly text: string;
}

/**
 * Generates one module for each requested schema of a `CodeGeneratorRequest`, as `capnp compile -o-` writes it.
 *
 * @throws {Error} when a schema uses an unsupported feature
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
 * Runs the Cap'n Proto compiler. @returns a `CodeGeneratorRequest` for `generateModules`
 *
 * @param args arguments of `capnp compile`: `["--src-prefix=schemas", "schemas/greeter.capnp"]`
 * @throws {Error} when the compiler is missing, or fails after printing why.
 */
export function compileSchemas(args: readonly string[]): Uint8Array {
  try {
    return execFileSync("capnp", ["compile", "-o-", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      maxBuffer: 2 ** 30,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new Error("Cannot compile schemas: the compiler has printed the reason", {
        cause: error,
      });
    }
    const how = `"apt install capnproto", "brew install capnp", or https://capnproto.org/install.html`;
    throw new Error(`Cannot compile schemas: "capnp" is missing, install it with ${how}`, {
      cause: error,
    });
  }
}

/** Writes modules below a folder, and creates folders as needed. @returns the modules' paths */
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
