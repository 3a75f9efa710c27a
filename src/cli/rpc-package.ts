/** Builds the package `@wetware/rpc`: JavaScript without `#` imports, its types, and what npm requires. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { copyTypes } from "./rpc-package-types.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCE = "src/rpc/package";
/** The package's entry points, and their source files. */
const ENTRIES: Readonly<Record<string, string>> = {
  ".": `${SOURCE}/index.ts`,
  "./runtime": `${SOURCE}/runtime.ts`,
  "./node": `${SOURCE}/node.ts`,
  "./gen": `${SOURCE}/gen.ts`,
  "./mesh": "src/cli/mesh/client.ts",
};
const PROGRAM = "bin";
/** The packages that `./mesh` needs; programs that import it install them. */
export const MESH_PACKAGES: readonly string[] = [
  "@libp2p/circuit-relay-v2",
  "@libp2p/identify",
  "@libp2p/interface",
  "@libp2p/noise",
  "@libp2p/ping",
  "@libp2p/tcp",
  "@libp2p/websockets",
  "@libp2p/yamux",
  "@multiformats/multiaddr",
  "libp2p",
];
const run = promisify(execFile);

/** Builds the package into a folder, which is emptied first. */
export async function buildRpcPackage(outDir: string): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  await run(process.execPath, [compiler, "-b", SOURCE, "src/cli"], { cwd: ROOT });
  await bundle(
    {
      ...Object.fromEntries(
        Object.entries(ENTRIES).map(([path, source]) => [toFile(path), source]),
      ),
      [PROGRAM]: `${SOURCE}/${PROGRAM}.ts`,
    },
    outDir,
  );
  await copyTypes(ROOT, Object.values(ENTRIES), join(outDir, "types"));
  await copyFile(join(ROOT, SOURCE, "README.md"), join(outDir, "README.md"));
  const licenses = ["LICENSE", "node_modules/capnp-es/LICENSE"].map((path) =>
    readFile(join(ROOT, path), "utf8"),
  );
  const [own, bundled] = await Promise.all(licenses);
  await writeFile(
    join(outDir, "LICENSE"),
    `${own}\n---\n\nThe generator contains capnp-es:\n\n${bundled}`,
  );
  const whole = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as Whole;
  await writeFile(
    join(outDir, "package.json"),
    `${JSON.stringify(describePackage(whole), undefined, 2)}\n`,
  );
}

/** The package.json of the repository. */
interface Whole {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The file name of an entry point, without extension. */
function toFile(path: string): string {
  return path === "." ? "index" : path.slice("./".length);
}

/** @param sources paths of sources by the name of the file that each becomes */
async function bundle(sources: Readonly<Record<string, string>>, outDir: string): Promise<void> {
  const { build } = await import("rolldown");
  await build({
    cwd: ROOT,
    input: Object.fromEntries(
      Object.entries(sources).map(([name, source]) => [name, join(ROOT, source)]),
    ),
    // Only the generator's package is bundled; the others that our rooms import and that are used are in `MESH_PACKAGES`.
    external: /^(?![./#]|capnp-es)/,
    platform: "neutral",
    resolve: { mainFields: ["module", "main"], conditionNames: ["import", "default"] },
    logLevel: "warn",
    output: {
      dir: outDir,
      format: "es",
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[name].js",
      banner: ({ name }) => (name === PROGRAM ? "#!/usr/bin/env node" : ""),
    },
  });
}

function describePackage({ version, dependencies }: Whole): object {
  return {
    name: "@wetware/rpc",
    version,
    description: "Cap'n Proto RPC for TypeScript, level 1, in browsers, workers and Node",
    keywords: ["capnproto", "rpc", "capabilities", "promise pipelining"],
    license: "MIT",
    type: "module",
    sideEffects: false,
    exports: Object.fromEntries([
      ["./package.json", "./package.json"],
      ...Object.entries(ENTRIES).map(([path, source]) => [
        path,
        {
          types: `./types/${source.replace("src/", "").replace(/\.ts$/, ".d.ts")}`,
          default: `./${toFile(path)}.js`,
        },
      ]),
    ]),
    peerDependencies: Object.fromEntries(
      MESH_PACKAGES.map((name) => [name, dependencies[name] ?? "*"]),
    ),
    peerDependenciesMeta: Object.fromEntries(
      MESH_PACKAGES.map((name) => [name, { optional: true }]),
    ),
    bin: { gen: `./${PROGRAM}.js` },
    publishConfig: { access: "public" },
    engines: { node: ">=22" },
  };
}

/** The folder that the script `package:rpc` fills: outside that of the page, which each build empties. */
export const RPC_PACKAGE: string = join(ROOT, "build/rpc");
