/** `npm run gen`: generates the TypeScript of every schema; with `--check`, reports whether it is stale. */
import {
  makeOfferModule,
  OFFER_MODULE,
  readOfferModule,
  writeOfferModule,
} from "./offer-module.ts";
import { makeProtoModules, readProtoModules, writeProtoModules } from "./proto-modules.ts";
import { makeModules, readModules, SCHEMA_PLACES, writeModules } from "./schema-modules.ts";

const check = process.argv.includes("--check");

const offer = await makeOfferModule();
if (!check) await writeOfferModule(offer);
else if (offer !== (await readOfferModule())) complain(OFFER_MODULE);

const protos = makeProtoModules();
if (check) compare(protos, readProtoModules());
else writeProtoModules(protos);

for (const place of SCHEMA_PLACES) {
  const modules = makeModules(place);
  if (check) compare(modules, readModules(place));
  else writeModules(place, modules);
}

function compare(modules: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): void {
  for (const path of new Set([...modules.keys(), ...found.keys()])) {
    if (modules.get(path) !== found.get(path)) complain(path);
  }
}

function complain(path: string): void {
  console.error(`${path} is stale: run "npm run gen"`);
  process.exitCode = 1;
}
