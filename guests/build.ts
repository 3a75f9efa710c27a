/** Builds all guests into public/images: `node guests/build.ts`. What is up to date is left alone. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildHelloC } from "./hello-c/build.ts";
import { createImageBuilder } from "./toolchain/build-images.ts";

/** Which program becomes which file of which image. */
const IMAGES = {
  pid0: { "bin/main.wasm": "pid0", "bin/child-echo.wasm": "child-echo" },
  "child-echo": { "bin/main.wasm": "child-echo" },
  shell: { "bin/main.wasm": "shell", "bin/child-echo.wasm": "child-echo" },
};

const folder = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const say = (image: string, what: string): void => console.log(`${image}: ${what}`);

try {
  const builder = createImageBuilder({
    guests: folder("guests/"),
    images: folder("public/images/"),
    cache: folder(".cache/guests/"),
  });
  for (const [image, programs] of Object.entries(IMAGES)) {
    say(image, (await builder.build(image, programs)) ? "built" : "up to date");
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
