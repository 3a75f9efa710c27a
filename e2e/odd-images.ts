/** Images that nobody would publish: each shows one thing that can go wrong. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeText } from "#base";
import { createBlockSource, encodeCar, importTree } from "#image";
import { MemoryBlockstore } from "blockstore-core";
import { createToolchain } from "../guests/toolchain/toolchain.ts";
import { command, LOOPS, RETURNS_OK, STREAM_IMPORTS, TRAPS } from "../src/cell/guests.testing.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Imports an interface that no cell has. */
const RADIO = '(import "acme:radio/tuner@1.0.0" (instance (export "tune" (func))))';

/** What an image asks for before it starts. */
const NOTES = { ask: "folder", reason: "to read your notes", writes: true };

const CORE_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

export interface OddImages extends AsyncDisposable {
  /** A folder or CAR file for each image, by its name. */
  readonly images: readonly string[];
}

/** Makes all of them in a temporary folder. */
export async function makeOddImages(): Promise<OddImages> {
  const toolchain = createToolchain(at("../.cache/guests/"));
  const guest = (name: string, generation?: "later"): Promise<Uint8Array> =>
    toolchain.component(at(`guests/${name}/main.ts`), generation);
  const spins = await command(LOOPS, STREAM_IMPORTS);
  const family = await guest("family");
  const outlives = await guest("outlives");
  const images: Record<string, Record<string, Uint8Array>> = {
    "no-main": { "etc/motd": encodeText("nothing to run") },
    "no-main-either": { "bin/tool.wasm": await command(RETURNS_OK) },
    text: { "bin/main.wasm": encodeText("#!/bin/sh\necho hello\n") },
    "core-module": { "bin/main.wasm": CORE_MODULE },
    radio: { "bin/main.wasm": await command(RETURNS_OK, RADIO) },
    traps: { "bin/main.wasm": await command(TRAPS) },
    spins: { "bin/main.wasm": spins },
    "holds-capabilities": { "bin/main.wasm": await guest("holds-capabilities") },
    "stops-mid-frame": { "bin/main.wasm": await guest("stops-mid-frame") },
    "prints-forever": { "bin/main.wasm": await guest("prints-forever") },
    dials: { "bin/main.wasm": await guest("dials") },
    asks: {
      "bin/main.wasm": await guest("asks"),
      "etc/grants.json": encodeText(JSON.stringify({ grants: { notes: NOTES } })),
    },
    "asks-later": { "bin/main.wasm": await guest("asks") },
    "asks-by-name": {
      "bin/main.wasm": await guest("asks-by-name", "later"),
      "etc/grants.json": encodeText(JSON.stringify({ grants: { notes: NOTES } })),
    },
    "scrolls-forever": { "bin/main.wasm": await guest("scrolls-forever") },
    outlives: { "bin/main.wasm": outlives },
    family: { "bin/main.wasm": family, "svc/clock/bin/main.wasm": family },
    meets: { "bin/main.wasm": await guest("meets") },
    pours: { "bin/main.wasm": await guest("pours") },
    "hands-on": { "bin/main.wasm": await guest("hands-on") },
    "serves-documents": { "bin/main.wasm": await guest("serves-documents") },
    "leaves-child": { "bin/main.wasm": await guest("leaves-child"), "bin/spins.wasm": spins },
  };
  const root = await mkdtemp(join(tmpdir(), "ww-e2e-"));
  for (const [image, files] of Object.entries(images)) {
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(root, image, path)), { recursive: true });
      await writeFile(join(root, image, path), bytes);
    }
  }
  // Of a folder, the local node would make a component.
  await writeCar(CORE_MODULE, join(root, "core-module.car"));
  return {
    images: Object.keys(images).map((image) =>
      join(root, image === "core-module" ? "core-module.car" : image),
    ),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** An image of this program alone. */
async function writeCar(content: Uint8Array, file: string): Promise<void> {
  const blockstore = new MemoryBlockstore();
  const cid = await importTree([{ type: "file", path: "bin/main.wasm", content }], blockstore);
  await writeFile(file, encodeCar(cid, createBlockSource(blockstore)));
}
