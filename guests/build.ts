/** Builds all guests into public/images: `node guests/build.ts`. What is up to date is left alone. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createImageBuilder } from "./toolchain/build-images.ts";

/** Which program becomes which file of which image. */
const IMAGES = {
  pid0: { "bin/main.wasm": "pid0", "bin/child-echo.wasm": "child-echo" },
  "child-echo": { "bin/main.wasm": "child-echo" },
  shell: { "bin/main.wasm": "shell", "bin/child-echo.wasm": "child-echo" },
};

const folder = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const builder = createImageBuilder({
  guests: folder("guests/"),
  images: folder("public/images/"),
  cache: folder(".cache/guests/"),
});
for (const [image, programs] of Object.entries(IMAGES)) {
  console.log(`${image}: ${await builder.build(image, programs)}`);
}

const helloC = folder("guests/hello-c/build.ts");
if (!existsSync(helloC)) {
  console.log("hello-c: left out, it is not here");
} else if (!(process.env["PATH"] ?? "").split(":").some((path) => existsSync(`${path}/clang`))) {
  console.log(
    "hello-c: left out, clang is missing: apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32",
  );
} else {
  execFileSync(process.execPath, [helloC], { stdio: "inherit" });
}
