/** `npm run gen`: makes the TypeScript of every schema again; with `--check`, says whether it is stale. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "#capnp/generator";

interface Place {
  /** Where the schemas are. */
  readonly schemas: string;
  readonly generated: string;
  /** From where the generated code imports its runtime. */
  readonly runtime: string;
}

const PLACES: readonly Place[] = [
  { schemas: "capnp", generated: "src/capnp/generated", runtime: "../runtime/index.ts" },
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

/** The modules as they should stand, formatted, by path. */
function makeModules({ schemas, generated, runtime }: Place): Map<string, string> {
  const files = readdirSync(schemas).filter((name) => name.endsWith(".capnp"));
  const request = execFileSync("capnp", [
    "compile",
    "-o-",
    `--src-prefix=${schemas}`,
    ...files.map((name) => join(schemas, name)),
  ]);
  const folder = mkdtempSync(join(tmpdir(), "ww-gen-"));
  try {
    for (const { source, text } of generate(request, runtime)) {
      writeFileSync(join(folder, source.replace(".capnp", ".ts")), text);
    }
    execFileSync("node_modules/.bin/oxfmt", ["-c", ".oxfmtrc.json", folder]);
    return new Map(
      readdirSync(folder).map((name) => [
        join(generated, name),
        readFileSync(join(folder, name), "utf8"),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const check = process.argv.includes("--check");
for (const place of PLACES) {
  mkdirSync(place.generated, { recursive: true });
  for (const [path, text] of makeModules(place)) {
    if (!check) {
      writeFileSync(path, text);
    } else if (readFileSync(path, "utf8") !== text) {
      console.error(`${path} is stale: run "npm run gen"`);
      process.exitCode = 1;
    }
  }
}
