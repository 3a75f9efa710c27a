/** The modules that are generated from schemas: where they are, and the texts that they should have. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generate } from "#capnp/generator";

export interface SchemaPlace {
  /** The folder of the schemas. */
  readonly schemas: string;
  /** The folder of their modules, which holds nothing else. */
  readonly generated: string;
  /** The specifier by which the generated code imports its runtime. */
  readonly runtime: string;
  /** Sets that are compiled separately, since some of their types have equal ids; by default, one set of all files. */
  readonly sets?: readonly ((name: string) => boolean)[];
}

export const SCHEMA_PLACES: readonly SchemaPlace[] = [
  {
    schemas: "capnp",
    generated: "src/schema/generated",
    runtime: "#capnp/runtime",
    sets: [(name) => !name.startsWith("later/"), (name) => /^(?:common|later)\//.test(name)],
  },
  {
    schemas: "src/capnp/samples",
    generated: "src/capnp/samples/generated",
    runtime: "#capnp/runtime",
  },
  {
    schemas: "src/rpc/interop",
    generated: "src/rpc/interop/generated",
    runtime: "#capnp/runtime",
  },
  { schemas: "bench/rpc", generated: "bench/rpc/generated", runtime: "#capnp/runtime" },
];

/**
 * The texts that the modules should have, formatted, by path. Paths are relative to the repository, the working folder.
 *
 * @throws {Error} when the schemas cannot be compiled, or there is no `capnp`
 */
export function makeModules(place: SchemaPlace): Map<string, string> {
  const { schemas, generated, sets = [() => true] } = place;
  const names = filesIn(schemas, ".capnp");
  const folder = mkdtempSync(join(tmpdir(), "ww-gen-"));
  try {
    for (const isIn of sets) writeSet(place, names.filter(isIn), folder);
    // Twice: one pass leaves line breaks that a second one removes.
    for (let pass = 0; pass < 2; pass++) {
      execFileSync("node_modules/.bin/oxfmt", ["-c", ".oxfmtrc.json", folder]);
    }
    return new Map(
      filesIn(folder, ".ts").map((name) => [
        join(generated, name),
        readFileSync(join(folder, name), "utf8"),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeSet({ schemas, runtime }: SchemaPlace, names: string[], folder: string): void {
  const sources = names.map((name) => join(schemas, name));
  const prefix = `--src-prefix=${schemas}`;
  const request = execFileSync("capnp", ["compile", "-o-", prefix, ...sources]);
  for (const { source, text } of generate(request, runtime)) {
    const path = join(folder, source.replace(/\.capnp$/, ".ts"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** The modules on disk, by path. */
export function readModules({ generated }: SchemaPlace): Map<string, string> {
  return new Map(
    filesIn(generated, ".ts").map((name) => {
      const path = join(generated, name);
      return [path, readFileSync(path, "utf8")];
    }),
  );
}

/** Writes the modules, and removes those whose schema is gone. */
export function writeModules(place: SchemaPlace, modules: ReadonlyMap<string, string>): void {
  rmSync(place.generated, { recursive: true, force: true });
  for (const [path, text] of modules) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .toSorted();
}
