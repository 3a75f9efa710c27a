/** The same program on other hosts of this computer. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const JCO = at("../../node_modules/.bin/jco");
const NODE_WASI = at("node-wasi.ts");

/** What the program says of itself: how long its parts took, in ms. */
export type Parts = Readonly<Record<string, number>>;

export async function runInJco(component: string, args: readonly string[]): Promise<Parts> {
  return run(JCO, ["run", component, ...args]);
}

export async function runInNode(core: string, args: readonly string[]): Promise<Parts> {
  return run(process.execPath, ["--no-warnings", NODE_WASI, core, ...args]);
}

export function parseParts(text: string): Parts {
  return JSON.parse(text) as Parts;
}

async function run(file: string, args: readonly string[]): Promise<Parts> {
  return parseParts((await promisify(execFile)(file, args)).stderr);
}
