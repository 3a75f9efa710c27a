/** Builds programs from sources of registries, or from our own. */
import { globSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { WASI_VERSION, worldText } from "../../../guests/toolchain/world.ts";
import type { Recipe } from "./program.ts";
import { npmPackage, npmPackages } from "./registries.ts";

export interface CBuild {
  /** The version of the npm package with the compiler. */
  readonly compiler: string;
  /** Sources by their paths, patterns allowed. */
  readonly sources: readonly string[];
  readonly flags?: readonly string[];
  /** More C: functions that WASI lacks and that the program can do without. */
  readonly stubs?: string;
  /** A shell script that is run first, in the folder of the sources. */
  readonly prepare?: string;
}

/** A program compiled from C sources by a compiler that itself runs on WebAssembly. */
export function compileC(
  name: string,
  source: Recipe<string>,
  { compiler, sources, flags = [], stubs = "", prepare = "" }: CBuild,
): Recipe<Uint8Array> {
  return async (workshop) => {
    const from = await source(workshop);
    const clang = await npmPackage(workshop, "@yowasp/clang", compiler);
    const made = [relative(workshop.root, from), compiler, sources, flags, stubs, prepare];
    const key = `c ${name} ${JSON.stringify(made)}`;
    const folder = await workshop.folder(key, async (draft) => {
      await cp(from, draft, { recursive: true });
      if (prepare !== "") await workshop.run("sh", ["-ec", prepare], { cwd: draft });
      await writeFile(join(draft, "stubs.c"), stubs);
      const paths = globSync([...sources], { cwd: draft }).toSorted();
      const args = ["clang", "-O2", "-s", "-w", ...flags, ...paths, "stubs.c", "-o", PROGRAM];
      const bundle = new URL("gen/bundle.js", pathToFileURL(`${clang}/`)).href;
      await workshop.run(process.execPath, ["-e", RUN_CLANG, bundle, PROGRAM, ...args], {
        cwd: draft,
      });
    });
    return await readFile(join(folder, PROGRAM));
  };
}

const PROGRAM = "program.wasm";

/** A script for Node: the compiler sees the working directory, and writes one file there. */
const RUN_CLANG = `
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const [bundle, output, ...args] = process.argv.slice(1);
const read = (folder) => Object.fromEntries(
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder + "/" + entry.name;
    if (entry.isDirectory()) return [[entry.name, read(path)]];
    return entry.isFile() ? [[entry.name, readFileSync(path)]] : [];
  }),
);
import(bundle).then(async ({ runClang }) => {
  const stderr = (bytes) => bytes && process.stderr.write(bytes);
  const files = await runClang(args, read("."), { stderr, fetchProgress: () => {} });
  writeFileSync(output, files[output]);
}).catch((error) => {
  console.error("error: " + (error.message ?? error));
  process.exit(1);
});
`;

/** A Go program of one file. */
export function compileGo(name: string, text: string): Recipe<Uint8Array> {
  return async (workshop) => {
    const folder = await workshop.folder(`go ${name} ${text}`, async (draft) => {
      await writeFile(join(draft, "main.go"), text);
      const env = { GOOS: "wasip1", GOARCH: "wasm", GOTOOLCHAIN: "local" };
      await workshop.run("go", ["build", "-o", "program.wasm", "main.go"], { cwd: draft, env });
    });
    return await readFile(join(folder, "program.wasm"));
  };
}

/** A command of a Go module. */
export function goCommand(path: string, version: string): Recipe<Uint8Array> {
  return async (workshop) => {
    const folder = await workshop.folder(`go ${path}@${version}`, async (draft) => {
      const env = {
        GOOS: "wasip1",
        GOARCH: "wasm",
        GOTOOLCHAIN: "local",
        GOFLAGS: "-modcacherw",
        GOPATH: draft,
      };
      await workshop.run("go", ["install", "-ldflags=-s -w", `${path}@${version}`], {
        cwd: draft,
        env,
      });
      await rm(join(draft, "pkg"), { recursive: true });
    });
    const bin = join(folder, "bin/wasip1_wasm");
    const [file = ""] = await readdir(bin);
    return await readFile(join(bin, file));
  };
}

export interface RustBuild {
  /** Versions of dependencies, where the locked ones do not support WASI. */
  readonly precise?: Readonly<Record<string, string>>;
  /** Text that is appended to a file of a dependency, by package and path. */
  readonly patches?: ReadonlyArray<readonly [name: string, path: string, text: string]>;
}

/** A Rust program, built by Debian's compiler; the newer cargo fetches the dependencies, which the older one cannot. */
export function rustProgram(
  name: string,
  version: string,
  binary: string,
  { precise = {}, patches = [] }: RustBuild = {},
): Recipe<Uint8Array> {
  return async (workshop) => {
    const key = `rust ${name}@${version} ${JSON.stringify([precise, patches])}`;
    const folder = await workshop.folder(key, async (draft) => {
      const shelf = join(draft, "shelf");
      await mkdir(join(shelf, "src"), { recursive: true });
      await writeFile(join(shelf, "src/lib.rs"), "");
      const needs = `[dependencies]\n${name} = "=${version}"\n`;
      const manifest = `[package]\nname = "shelf"\nversion = "0.0.0"\nedition = "2018"\n${needs}`;
      await writeFile(join(shelf, "Cargo.toml"), manifest);
      await workshop.run("cargo", ["vendor", "vendor"], { cwd: shelf });
      const sources = join(draft, "sources");
      await cp(join(shelf, "vendor", name), sources, { recursive: true });
      await rm(shelf, { recursive: true });
      for (const [needed, wanted] of Object.entries(precise)) {
        const args = ["update", "--package", needed, "--precise", wanted];
        await workshop.run("cargo", args, { cwd: sources });
      }
      const config = await workshop.run("cargo", ["vendor", "--locked", "vendor"], {
        cwd: sources,
      });
      await mkdir(join(sources, ".cargo"), { recursive: true });
      await writeFile(join(sources, ".cargo/config.toml"), config);
      for (const [needed, path, text] of patches) {
        const file = join(sources, "vendor", needed, path);
        await writeFile(file, (await readFile(file, "utf8")) + text);
        const sums = join(sources, "vendor", needed, ".cargo-checksum.json");
        const { package: sum } = JSON.parse(await readFile(sums, "utf8")) as { package: string };
        await writeFile(sums, JSON.stringify({ files: {}, package: sum }));
      }
      const lock = join(sources, "Cargo.lock");
      // The older cargo does not know the newer format's number; nothing else differs.
      const text = await readFile(lock, "utf8");
      await writeFile(lock, text.replace(/^version = 4$/m, "version = 3"));
      const env = {
        RUSTC: "/usr/bin/rustc",
        RUSTFLAGS: "",
        CARGO_HOME: join(draft, "home"),
        CARGO_PROFILE_RELEASE_DEBUG: "0",
      };
      const options = ["--release", "--offline", "--locked", "--target", "wasm32-wasi"];
      await workshop.run("/usr/bin/cargo", ["build", ...options], { cwd: sources, env });
      await cp(join(sources, `target/wasm32-wasi/release/${binary}.wasm`), join(draft, PROGRAM));
      await rm(sources, { recursive: true });
    });
    return await readFile(join(folder, PROGRAM));
  };
}

/** An AssemblyScript program of one file, with the `console` and `process` of WASI. */
export function compileAssemblyScript(
  compiler: string,
  shim: string,
  text: string,
): Recipe<Uint8Array> {
  return async (workshop) => {
    const wanted = [`assemblyscript@${compiler}`, `@assemblyscript/wasi-shim@${shim}`];
    const packages = await npmPackages(workshop, ...wanted);
    const key = `assemblyscript ${JSON.stringify([wanted, text])}`;
    const folder = await workshop.folder(key, async (draft) => {
      await writeFile(join(draft, "main.ts"), text);
      // The compiler looks up the shim from the program's folder.
      await symlink(packages, join(draft, "node_modules"));
      const tool = join(packages, "assemblyscript/bin/asc.js");
      const config = "node_modules/@assemblyscript/wasi-shim/asconfig.json";
      const options = ["--config", config, "-O", "--outFile", PROGRAM];
      await workshop.run(process.execPath, [tool, "main.ts", ...options], { cwd: draft });
    });
    return await readFile(join(folder, PROGRAM));
  };
}

interface Componentizer {
  componentize(
    text: string,
    options: { readonly witWorld: string; readonly worldName: string },
  ): Promise<{ readonly component: Uint8Array }>;
}

/** A component of a JavaScript module that exports `run`, with the engine StarlingMonkey. */
export function componentizeJs(version: string, text: string): Recipe<Uint8Array> {
  return async (workshop) => {
    const name = "@bytecodealliance/componentize-js";
    const tool = await npmPackage(workshop, name, version);
    const world = await worldText([], [`wasi:cli/run@${WASI_VERSION}`]);
    const key = `componentize-js ${JSON.stringify([version, world, text])}`;
    const folder = await workshop.folder(key, async (draft) => {
      const entry = pathToFileURL(join(tool, "src/componentize.js")).href;
      const tools = (await import(entry)) as Componentizer;
      const { component } = await tools.componentize(text, { witWorld: world, worldName: "guest" });
      await writeFile(join(draft, PROGRAM), component);
    });
    return await readFile(join(folder, PROGRAM));
  };
}
