/** `npm run gen`: makes the TypeScript of every schema again; with `--check`, says whether it is stale. */
import { makeModules, readModules, SCHEMA_PLACES, writeModules } from "./schema-modules.ts";

const check = process.argv.includes("--check");
for (const place of SCHEMA_PLACES) {
  const modules = makeModules(place);
  if (!check) {
    writeModules(place, modules);
    continue;
  }
  const found = readModules(place);
  for (const path of new Set([...modules.keys(), ...found.keys()])) {
    if (modules.get(path) === found.get(path)) continue;
    console.error(`${path} is stale: run "npm run gen"`);
    process.exitCode = 1;
  }
}
