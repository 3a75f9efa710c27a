/** Builds the peers of other implementations, when their sources changed since the last time. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { promisify } from "node:util";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const SCHEMAS = fileURLToPath(new URL("../../../capnp", import.meta.url));
const CACHE = fileURLToPath(new URL("../../../.cache/interop", import.meta.url));
/** Where Debian keeps the sources of its packages for Rust. */
const CRATES = "/usr/share/cargo/registry";
const run = promisify(execFile);

/** Whether the compilers of Cap'n Proto and C++ are installed. */
export function hasCppTools(): boolean {
  return ["/usr/bin/capnp", "/usr/bin/g++", "/usr/include/capnp/ez-rpc.h"].every((path) =>
    existsSync(path),
  );
}

/** Whether Debian's compiler for Rust is installed, and its package of the implementation in Rust. */
export function hasRustTools(): boolean {
  const tools = ["/usr/bin/cargo", "/usr/bin/rustc", CRATES].every((path) => existsSync(path));
  return tools && readdirSync(CRATES).some((name) => name.startsWith("capnp-rpc-"));
}

/** Builds `peer.c++` with Debian's library. @returns the path of the program */
export function buildCppPeer(): Promise<string> {
  const own = [join(HERE, "interop.capnp"), join(HERE, "peer.c++")];
  const wetware = ["common", "first"].flatMap((folder) =>
    readdirSync(join(SCHEMAS, folder))
      .toSorted()
      .map((name) => join(SCHEMAS, folder, name)),
  );
  return buildInto("cpp", [...own, ...wetware], async (folder) => {
    const compile = (prefix: string, schemas: readonly string[]): Promise<unknown> =>
      run("capnp", ["compile", `-oc++:${folder}`, `--src-prefix=${prefix}`, ...schemas]);
    await compile(HERE, [join(HERE, "interop.capnp")]);
    await compile(SCHEMAS, wetware);
    const generated = (await readdir(folder, { recursive: true })).filter((name) =>
      name.endsWith(".capnp.c++"),
    );
    const files = [join(HERE, "peer.c++"), ...generated.map((name) => join(folder, name))];
    const made = join(folder, "made");
    const libraries = ["-lcapnp-rpc", "-lcapnp", "-lkj-async", "-lkj"];
    await run("g++", ["-std=c++17", "-O1", `-I${folder}`, "-o", made, ...files, ...libraries]);
    return made;
  });
}

/** Builds `rust/` with Debian's packages, and nothing else. @returns the path of the program */
export async function buildRustPeer(): Promise<string> {
  const rust = join(HERE, "rust");
  const sources = (await readdir(rust, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return buildInto("rust", sources.sort(), async (folder) => {
    await cp(rust, folder, { recursive: true });
    await mkdir(join(folder, ".cargo"), { recursive: true });
    const sourceOfCrates = `[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "${CRATES}"\n`;
    await writeFile(join(folder, ".cargo/config.toml"), sourceOfCrates);
    // Absolute paths, since another toolchain may come first in PATH. All versions of the peer share one folder of
    // built crates.
    const env = {
      ...process.env,
      RUSTC: "/usr/bin/rustc",
      RUSTFLAGS: "",
      CARGO_TARGET_DIR: join(CACHE, "rust-target"),
      CARGO_HOME: join(CACHE, "cargo-home"),
    };
    await run("/usr/bin/cargo", ["build", "--release", "--offline"], { cwd: folder, env });
    const made = join(folder, "made");
    await cp(join(CACHE, "rust-target/release/peer"), made);
    return made;
  });
}

/** Builds in a folder named by a hash of the sources, unless its program exists already. */
async function buildInto(
  name: string,
  sources: readonly string[],
  build: (folder: string) => Promise<string>,
): Promise<string> {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(await readFile(source));
  const folder = join(CACHE, `${name}-${hash.digest("hex").slice(0, 16)}`);
  const program = join(folder, "peer");
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  await rename(await build(folder), program);
  return program;
}
