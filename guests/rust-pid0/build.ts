/** Builds the image of `rust-pid0` into `public/images/rust-pid0`: `node guests/rust-pid0/build.ts`. */
import { fileURLToPath } from "node:url";
import { buildRustGuest, reportBuild } from "../toolchain/build-rust-guest.ts";

/** @returns whether the image changed */
export function buildRustPid0(): Promise<boolean> {
  return buildRustGuest(["guests/rust-pid0", "src/rpc/interop/rust/src"]);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await reportBuild("rust-pid0", buildRustPid0);
