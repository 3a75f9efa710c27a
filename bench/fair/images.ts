/** The images of the bench, from their sources: what is up to date is left alone. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeCached, replaceFile } from "../../guests/toolchain/cache.ts";
import { compileC, cToolKey } from "../../guests/toolchain/compile-c.ts";
import { createToolchain } from "../../guests/toolchain/toolchain.ts";
import { wrapCore, wrapToolKey } from "../../guests/toolchain/wrap-core.ts";
import { growComponent } from "../component/grow-component.ts";
import { makeFloods } from "./floods.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const CACHE = at("../../.cache/bench/guests");
const HOARD = at("hoard.c");
const ECHO_TIMES = at("echo-times/main.ts");
/** Takes a while to be compiled. */
const LARGE_BYTES = 60_000_000;

export interface BenchImages {
  /** Folders: a program that measures echoes, with the floods as `bin/<name>.wasm`. */
  readonly floods: string;
  readonly floodNames: readonly string[];
  /** A program that takes the things its argument names. */
  readonly hoard: string;
  /** The same, far larger. */
  readonly large: string;
}

/** @throws {Error} when a compiler is missing, with the packages to install. */
export async function makeImages(folder: string): Promise<BenchImages> {
  const [floods, hoard, large] = ["floods", "hoard", "large"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const echoTimes = await createToolchain(at("../../.cache/guests/")).component(ECHO_TIMES);
  await place(join(floods, "bin/main.wasm"), echoTimes);
  const all = await makeFloods();
  for (const [name, component] of all) await place(join(floods, toPath(name)), component);
  const key = (await cToolKey()) + (await wrapToolKey());
  const program = await makeCached(join(CACHE, "hoard.wasm"), key, async () => ({
    bytes: await wrapCore(await compileC(HOARD)),
    sources: [HOARD],
  }));
  await place(join(hoard, "bin/main.wasm"), program);
  await place(join(large, "bin/main.wasm"), growComponent(program, LARGE_BYTES));
  return { floods, floodNames: [...all.keys()], hoard, large };
}

/** Where the flood of that name stands in its image. */
export function toPath(flood: string): string {
  return `bin/${flood.replaceAll(" ", "-")}.wasm`;
}

async function place(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await replaceFile(file, bytes);
}
