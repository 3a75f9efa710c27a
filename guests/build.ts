/** Builds all guests into public/images: `node guests/build.ts`. What is up to date is left alone. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildBash } from "./bash/build.ts";
import { buildHelloC } from "./hello-c/build.ts";
import { buildHttpC } from "./http-c/build.ts";
import { buildRustLater } from "./rust-later/build.ts";
import { buildRustPid0 } from "./rust-pid0/build.ts";
import { hasRustForWasm } from "./toolchain/compile-rust.ts";
import { replaceFile } from "./toolchain/cache.ts";
import { createToolchain } from "./toolchain/toolchain.ts";

/** Which program, or file of `guests`, becomes which file of which image. */
const IMAGES = {
  pid0: { "bin/main.wasm": "pid0", "bin/child-echo.wasm": "child-echo" },
  shell: { "bin/main.wasm": "shell", "bin/child-echo.wasm": "child-echo" },
  "later-pid0": { "bin/main.wasm": "later-pid0" },
  web: {
    "bin/main.wasm": "web",
    "www/index.html": "web/www/index.html",
    "www/app.js": "web/www/app.js",
    "www/logo.svg": "web/www/logo.svg",
  },
  notes: { "bin/main.wasm": "notes", "etc/grants.json": "notes/grants.json" },
};

/** First processes for nodes of the later generation. */
const LATER: readonly string[] = ["later-pid0"];

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const say = (image: string, what: string): void => console.log(`${image}: ${what}`);

try {
  const toolchain = createToolchain(at(".cache/guests/"));
  for (const [image, programs] of Object.entries(IMAGES)) {
    let changed = false;
    for (const [path, program] of Object.entries(programs)) {
      if (program.includes(".")) {
        const file = await readFile(at(`guests/${program}`));
        changed = (await placeFile(at(`public/images/${image}/${path}`), file)) || changed;
        continue;
      }
      const generation = LATER.includes(program) ? "later" : "first";
      const component = await toolchain.component(at(`guests/${program}/main.ts`), generation);
      changed = (await placeFile(at(`public/images/${image}/${path}`), component)) || changed;
    }
    if (changed) say(image, "built");
  }
  if (await buildBash(toolchain, at("public/images/bash"))) say("bash", "built");
  try {
    if (await buildHelloC()) say("hello-c", "built");
    if (await buildHttpC()) say("http-c", "built");
  } catch (error) {
    // A machine without a C compiler for WebAssembly can do everything else.
    if (await compilesC()) throw error;
    say("hello-c and http-c", "left out, there is no C compiler for WebAssembly");
  }
  if (!hasRustForWasm()) {
    say("rust-pid0 and rust-later", "left out, Debian's Rust for WebAssembly is not installed");
  } else {
    if (await buildRustPid0()) say("rust-pid0", "built");
    if (await buildRustLater()) say("rust-later", "built");
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @returns whether it was not there already, byte for byte */
async function placeFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const old = await readFile(path).catch(() => undefined);
  if (old?.equals(bytes) === true) return false;
  await replaceFile(path, bytes);
  return true;
}

async function compilesC(): Promise<boolean> {
  const clang = process.env["CLANG"] ?? "clang";
  const probe = promisify(execFile)(clang, [
    "--target=wasm32-wasi",
    "-o",
    "/dev/null",
    at("guests/toolchain/probe.c"),
  ]);
  return probe.then(
    () => true,
    () => false,
  );
}
