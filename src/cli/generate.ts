/** `npm run gen`: makes the TypeScript of every schema in `capnp/` again; with `--check`, says whether it is stale. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "#capnp/generator";

const SCHEMAS = "capnp";
const GENERATED = "src/capnp/generated";

/** The modules as they should stand, formatted, by file name. */
function makeModules(): Map<string, string> {
  const schemas = readdirSync(SCHEMAS).filter((name) => name.endsWith(".capnp"));
  const request = execFileSync("capnp", [
    "compile",
    "-o-",
    `--src-prefix=${SCHEMAS}`,
    ...schemas.map((name) => join(SCHEMAS, name)),
  ]);
  const folder = mkdtempSync(join(tmpdir(), "ww-gen-"));
  try {
    const modules = new Map<string, string>();
    const files = generate(request, "../runtime.ts");
    for (const { source, text } of files) {
      writeFileSync(join(folder, source.replace(".capnp", ".ts")), text);
    }
    execFileSync("node_modules/.bin/oxfmt", ["-c", ".oxfmtrc.json", folder]);
    for (const name of readdirSync(folder))
      modules.set(name, readFileSync(join(folder, name), "utf8"));
    return modules;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const check = process.argv.includes("--check");
for (const [name, text] of makeModules()) {
  const path = join(GENERATED, name);
  if (!check) {
    writeFileSync(path, text);
  } else if (readFileSync(path, "utf8") !== text) {
    console.error(`${path} is stale: run "npm run gen"`);
    process.exitCode = 1;
  }
}
