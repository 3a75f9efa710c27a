/**
 * Builds the image of `rust-pid0` into `public/images/rust-pid0`: `node guests/rust-pid0/build.ts`.
 *
 * With Debian's compiler and its packages of Rust sources, and nothing else. Does nothing when the sources are those of the
 * last build.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { componentEmbed, componentNew, preview1AdapterCommandPath } from "@bytecodealliance/jco";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CACHE = join(ROOT, ".cache/rust");
const OUTPUT = join(ROOT, "public/images/rust-pid0/bin/main.wasm");
/** Where Debian keeps the sources of its packages for Rust. */
const CRATES = "/usr/share/cargo/registry";
const TARGET = "wasm32-wasi";
/** What is compiled: the guest, and what it shares with the peer of the interop tests. */
const SOURCES = ["guests/rust-pid0", "src/rpc/interop/rust/src"];

/** Whether Debian's compiler is there, its library for WebAssembly, and its package of the implementation in Rust. */
export function hasRustForWasm(): boolean {
  const paths = ["/usr/bin/cargo", `/usr/lib/rustlib/${TARGET}`, CRATES];
  return (
    paths.every(existsSync) && readdirSync(CRATES).some((name) => name.startsWith("capnp-rpc-"))
  );
}

/** @returns whether it had to be built */
export async function buildRustPid0(): Promise<boolean> {
  const inputs = createHash("sha256");
  for (const folder of SOURCES) {
    const names = (await readdir(join(ROOT, folder))).sort();
    for (const name of names.filter((found) => /(\.rs|\.toml|^build\.ts)$/.test(found))) {
      inputs.update(name).update(await readFile(join(ROOT, folder, name)));
    }
  }
  const stamp = join(CACHE, "stamp");
  const wanted = inputs.digest("hex");
  const last = await readFile(stamp, "utf8").catch(() => "");
  const before = await readFile(OUTPUT).catch(() => undefined);
  if (before !== undefined && last === wanted + hash(before)) return false;

  const component = await toComponent(await compile());
  await mkdir(join(OUTPUT, ".."), { recursive: true });
  await writeFile(OUTPUT, component);
  await writeFile(stamp, wanted + hash(component));
  return true;
}

/** @returns the core module */
async function compile(): Promise<Uint8Array> {
  for (const folder of SOURCES)
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
  await promisify(execFile)("/usr/bin/cargo", args, { cwd: join(CACHE, "guests/rust-pid0"), env });
  return await readFile(join(CACHE, "target", TARGET, "release/rust-pid0.wasm"));
}

/** What the module imports by its own means is said to the tools; the rest is the adapter's. */
async function toComponent(core: Uint8Array): Promise<Uint8Array> {
  const io = new URL(
    "../lib/wit/builtin/0.2.12/wasi-io/package.wit",
    import.meta.resolve("@bytecodealliance/jco"),
  );
  const packages = await Promise.all(
    [fileURLToPath(io), join(ROOT, "wit/streams.wit")].map(async (path) =>
      nest(await readFile(path, "utf8")),
    ),
  );
  const witSource = [
    "package wetware:guest@0.1.0;",
    ...packages,
    "world guest {",
    "  import wasi:io/streams@0.2.12;",
    "  import wetware:streams/streams@0.1.0;",
    "}",
  ].join("\n");
  const binary = await componentEmbed({ binary: core, witSource, world: "guest" });
  const adapter = await readFile(preview1AdapterCommandPath());
  return await componentNew(binary, [["wasi_snapshot_preview1", adapter]]);
}

/** A file's package in braces, so that many fit into one text. */
function nest(text: string): string {
  return `${text.replace(/^package ([^;]+);$/m, "package $1 {")}\n}`;
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(`rust-pid0: ${(await buildRustPid0()) ? "built" : "up to date"}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
