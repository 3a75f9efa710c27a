/** Builds the image of `rust-later` into `public/images/rust-later`: `node guests/rust-later/build.ts`. */
import { fileURLToPath } from "node:url";
import { buildRustGuest, reportBuild } from "../toolchain/build-rust-guest.ts";

/** @returns whether the image changed */
export function buildRustLater(): Promise<boolean> {
  return buildRustGuest(["guests/rust-later", "guests/rust-pid0", "src/rpc/interop/rust/src"]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await reportBuild("rust-later", buildRustLater);
