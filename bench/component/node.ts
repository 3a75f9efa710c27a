/** The same in Node, in a process of its own: prints its rows as JSON. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transpile } from "@bytecodealliance/jco/component";
import type { Timing } from "../measure.ts";
import { measureCalls, measureStarts } from "./contest.ts";
import type { Size } from "./contest.ts";
import { toTranspiled, TRANSPILE_OPTIONS } from "./jco.ts";
import { SIZES } from "./sizes.ts";

const [guests = "", given = "{}"] = process.argv.slice(2);
const timing = JSON.parse(given) as Timing;
const folder = await mkdtemp(join(tmpdir(), "ww-bench-"));
let files = 0;
const place = {
  name: "Node",
  transpile: async (component: Uint8Array) =>
    toTranspiled(await transpile(component, TRANSPILE_OPTIONS)),
  async importText(text: string): Promise<unknown> {
    const file = join(folder, `${files++}.mjs`);
    await writeFile(file, text);
    return import(pathToFileURL(file).href);
  },
};
const read = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(join(guests, `${name}.wasm`)));
const sizes: Size[] = [];
for (const [file, size] of Object.entries(SIZES)) {
  sizes.push({ ...size, component: await read(file) });
}
const rows = [
  ...(await measureStarts(place, sizes, timing.turns)),
  ...(await measureCalls(place, await read("host-calls"), timing)),
];
await rm(folder, { recursive: true });
console.log(JSON.stringify(rows));
process.exit(0);
