/** Rust to core modules, with Debian's compiler and its packages of Rust sources, and nothing else. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CACHE = join(ROOT, ".cache/rust");
/** Where Debian keeps the sources of its packages for Rust. */
const CRATES = "/usr/share/cargo/registry";
const TARGET = "wasm32-wasi";

/** Whether Debian's compiler is there, its library for WebAssembly, and its package of the implementation in Rust. */
export function hasRustForWasm(): boolean {
  const paths = ["/usr/bin/cargo", `/usr/lib/rustlib/${TARGET}`, CRATES];
  return (
    paths.every(existsSync) && readdirSync(CRATES).some((name) => name.startsWith("capnp-rpc-"))
  );
}

/** The files of these folders that decide how a Rust program comes out. */
export async function listRustSources(folders: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(ROOT, folder));
      return names.filter((name) => /\.(rs|toml)$/.test(name)).map((name) => join(folder, name));
    }),
  );
  return lists.flat().map((path) => join(ROOT, path));
}

/**
 * The core module of a package.
 *
 * @param folders from the top of the repository: the package's first, whose name is the program's, then what it names
 */
export async function compileRust(folders: readonly [string, ...string[]]): Promise<Uint8Array> {
  const [program] = folders;
  for (const folder of folders)
    await cp(join(ROOT, folder), join(CACHE, folder), { recursive: true });
  await mkdir(join(CACHE, ".cargo"), { recursive: true });
  const sourceOfCrates = `[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "${CRATES}"\n`;
  await writeFile(join(CACHE, ".cargo/config.toml"), sourceOfCrates);
  // By their paths, since another toolchain may come first.
  const env = {
    ...process.env,
    RUSTC: "/usr/bin/rustc",
    RUSTFLAGS: "",
    CARGO_TARGET_DIR: join(CACHE, "target"),
    CARGO_HOME: join(CACHE, "cargo-home"),
  };
  const args = ["build", "--release", "--offline", "--target", TARGET];
  await promisify(execFile)("/usr/bin/cargo", args, { cwd: join(CACHE, program), env });
  return await readFile(join(CACHE, "target", TARGET, `release/${basename(program)}.wasm`));
}
