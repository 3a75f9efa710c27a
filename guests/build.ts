/** Builds all guests into public/images: `node guests/build.ts`. What is up to date is left alone. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { buildHelloC } from "./hello-c/build.ts";
import { replaceFile } from "./toolchain/cache.ts";
import { createToolchain } from "./toolchain/toolchain.ts";

/** Which program becomes which file of which image. */
const IMAGES = {
  pid0: { "bin/main.wasm": "pid0", "bin/child-echo.wasm": "child-echo" },
  "child-echo": { "bin/main.wasm": "child-echo" },
  shell: { "bin/main.wasm": "shell", "bin/child-echo.wasm": "child-echo" },
};

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const say = (image: string, what: string): void => console.log(`${image}: ${what}`);

/** @returns whether it was not there already, byte for byte */
async function placeFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const old = await readFile(path).catch(() => undefined);
  if (old?.equals(bytes) === true) return false;
  await replaceFile(path, bytes);
  return true;
}

try {
  const toolchain = createToolchain(at(".cache/guests/"));
  for (const [image, programs] of Object.entries(IMAGES)) {
    let changed = false;
    for (const [path, program] of Object.entries(programs)) {
      const component = await toolchain.component(at(`guests/${program}/main.ts`));
      changed = (await placeFile(at(`public/images/${image}/${path}`), component)) || changed;
    }
    say(image, changed ? "built" : "up to date");
  }
  const places = (process.env["PATH"] ?? "").split(":");
  if (process.env["CLANG"] === undefined && !places.some((path) => existsSync(`${path}/clang`))) {
    say("hello-c", "left out, there is no clang");
  } else {
    say("hello-c", (await buildHelloC()) ? "built" : "up to date");
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
