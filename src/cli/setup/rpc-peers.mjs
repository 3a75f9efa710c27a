/** Finds or installs other implementations of Cap'n Proto RPC, for peers and a guest: see src/rpc/interop/README.md. */
import { existsSync, readdirSync } from "node:fs";
import { installDebianPackages, isRoot } from "./debian.mjs";

const CPP = ["capnproto", "libcapnp-dev", "g++"];
/** The last package is for the guest in Rust. */
const RUST = ["rustc", "cargo", "librust-capnp-rpc-dev", "libstd-rust-dev-wasm32"];

/**
 * Finds the compilers and libraries, or installs them as root.
 *
 * @returns {Promise<{ missing: string, todo: string } | undefined>} undefined when all are installed, else which are
 *   missing, and what to do
 */
export async function ensureRpcPeers(say) {
  if (lacking().length > 0 && isRoot()) {
    say("other implementations of Cap'n Proto are missing: trying Debian's packages");
    await installDebianPackages(lacking().flatMap(({ packages }) => packages));
  }
  const lacks = lacking();
  if (lacks.length === 0) return undefined;
  return {
    missing: lacks.map(({ name }) => name).join(" and "),
    todo: `install it with apt-get install ${lacks.flatMap(({ packages }) => packages).join(" ")}`,
  };
}

/** The implementations of which a file is missing at the paths where the tests look. */
function lacking() {
  const cpp = ["/usr/bin/capnp", "/usr/bin/g++", "/usr/include/capnp/ez-rpc.h"].every(existsSync);
  const crates = "/usr/share/cargo/registry";
  const rust =
    ["/usr/bin/cargo", "/usr/lib/rustlib/wasm32-wasi", crates].every(existsSync) &&
    readdirSync(crates).some((name) => name.startsWith("capnp-rpc-"));
  return [
    ...(cpp ? [] : [{ name: "C++", packages: CPP }]),
    ...(rust ? [] : [{ name: "Rust", packages: RUST }]),
  ];
}
