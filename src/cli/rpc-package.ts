/** The package `@wetware/rpc`: JavaScript without `#` imports, its types, and what npm asks for. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { copyTypes } from "./rpc-package-types.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCE = "src/rpc/package";
/** What others may import, and the files of that. */
const ENTRIES = { ".": "index", "./runtime": "runtime", "./node": "node", "./gen": "gen" };
const PROGRAM = "bin";
const run = promisify(execFile);

/** Builds it into a folder, which is emptied first. */
export async function buildRpcPackage(outDir: string): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  await run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-b", SOURCE], {
    cwd: ROOT,
  });
  const files = Object.values(ENTRIES);
  await bundle([...files, PROGRAM], outDir);
  const entries = files.map((name) => `${SOURCE}/${name}.ts`);
  await copyTypes(ROOT, entries, join(outDir, "types"));
  await copyFile(join(ROOT, SOURCE, "README.md"), join(outDir, "README.md"));
  const licenses = ["LICENSE", "node_modules/capnp-es/LICENSE"].map((path) =>
    readFile(join(ROOT, path), "utf8"),
  );
  const [own, bundled] = await Promise.all(licenses);
  await writeFile(
    join(outDir, "LICENSE"),
    `${own}\n---\n\nThe generator contains capnp-es:\n\n${bundled}`,
  );
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    version: string;
  };
  await writeFile(
    join(outDir, "package.json"),
    `${JSON.stringify(describePackage(version), undefined, 2)}\n`,
  );
}

async function bundle(names: readonly string[], outDir: string): Promise<void> {
  const { build } = await import("rolldown");
  await build({
    cwd: ROOT,
    input: Object.fromEntries(names.map((name) => [name, join(ROOT, SOURCE, `${name}.ts`)])),
    external: /^node:/,
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

function describePackage(version: string): object {
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
      ...Object.entries(ENTRIES).map(([path, name]) => [
        path,
        { types: `./types/${SOURCE.replace("src/", "")}/${name}.d.ts`, default: `./${name}.js` },
      ]),
    ]),
    bin: { gen: `./${PROGRAM}.js` },
    publishConfig: { access: "public" },
    engines: { node: ">=22" },
  };
}

/** The folder of the repository that the script `package:rpc` fills: not in that of the page, which a build empties. */
export const RPC_PACKAGE: string = join(ROOT, "build/rpc");
