import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DIST_FOLDER } from "./dist-folder.ts";
import { addressOf, startNative, TCP } from "./mesh/native-node.testing.ts";
import type * as Package from "../rpc/package/index.ts";
import { buildRpcPackage, MESH_PACKAGES, RPC_PACKAGE } from "./rpc-package.ts";

const run = promisify(execFile);
const TSC = resolve("node_modules/typescript/bin/tsc");
const TYPES = resolve("node_modules/@types");
const SCHEMA = "greeter.capnp";

/** The module that is generated from the README's schema. */
interface Generated {
  readonly Greeter: Package.InterfaceType<
    Package.Client<{ greet(name: string): { readonly text: string } }>
  >;
}

test("RPC_PACKAGE is no part of the page, whose folder every build empties", () => {
  expect(relative(DIST_FOLDER, RPC_PACKAGE)).toMatch(/^\.\./);
});

describe.skipIf(!hasCapnp())("the package @wetware/rpc (needs Debian's capnproto)", () => {
  /** An empty folder in which nothing but the packed package is installed. */
  let folder: string;
  let built: string;

  beforeAll(async () => {
    const [made, empty] = [
      await mkdtemp(join(tmpdir(), "rpc-")),
      await mkdtemp(join(tmpdir(), "rpc-")),
    ];
    built = made;
    folder = empty;
    await buildRpcPackage(built);
    const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder, built]);
    const [{ filename } = { filename: "" }] = JSON.parse(stdout) as { filename: string }[];
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    const install = ["install", "--offline", "--no-audit", "--no-fund", join(folder, filename)];
    await run("npm", install, { cwd: folder });
    // The optional packages are taken from this checkout, since tests do not use the registry.
    for (const name of MESH_PACKAGES) {
      const link = join(folder, "node_modules", name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(resolve("node_modules", name), link);
    }
    for (const [name, code] of await readExamples()) await writeFile(join(folder, name), code);
  }, 120_000);
  afterAll(async () => {
    for (const made of [folder, built]) await rm(made, { recursive: true, force: true });
  });

  test("makes a first call as its README says", async () => {
    await run("npx", ["--no-install", "gen", SCHEMA], { cwd: folder });
    const { stdout } = await run(process.execPath, ["main.ts"], { cwd: folder });
    expect(stdout).toBe("Hello again, you!\n");
  }, 60_000);

  test("calls what a peer of the mesh serves, as its README says", async () => {
    await run("npx", ["--no-install", "gen", SCHEMA], { cwd: folder });
    const installed = join(folder, "node_modules/@wetware/rpc/index.js");
    const { connect, createStreamTransport, serve } = (await import(installed)) as typeof Package;
    const { Greeter } = (await import(join(folder, "greeter.ts"))) as Generated;
    await using node = await startNative({ listen: [TCP] });
    await using serving = await node.streams.listen("/ww/0.1.0/vat/greeter", (duplex) => {
      using bootstrap = serve(Greeter, {
        greet: (name) => ({ text: `Hello over there, ${name}` }),
      });
      connect(createStreamTransport(duplex), { bootstrap });
    });
    const { stdout } = await run(process.execPath, ["mesh.ts", addressOf(node, "tcp")], {
      cwd: folder,
    });
    expect(stdout).toBe("Hello over there, you\n");
    expect(serving).toBeDefined();
  }, 60_000);

  test("generates the same from what the compiler writes", async () => {
    const request = execFileSync("capnp", ["compile", "-o-", SCHEMA], { cwd: folder });
    const gen = spawn(join(folder, "node_modules/.bin/gen"), ["--out", "piped"], { cwd: folder });
    gen.stdin.end(request);
    expect(await text(gen.stdout)).toBe("piped/greeter.ts\n");
    const read = (path: string): Promise<string> => readFile(join(folder, path), "utf8");
    expect(await read("piped/greeter.ts")).toBe(await read("greeter.ts"));
  }, 60_000);

  test("says what to install where there is no compiler", async () => {
    const bin = join(folder, "node_modules/@wetware/rpc/bin.js");
    const env = { PATH: join(folder, "nowhere") };
    const failing = run(process.execPath, [bin, SCHEMA], { cwd: folder, env });
    await expect(failing).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("apt install capnproto"),
    });
  });

  test.each(["nodenext", "bundler"])(
    "type-checks under %s, its own declarations too",
    async (to) => {
      const options = {
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        target: "esnext",
        module: to === "nodenext" ? "nodenext" : "esnext",
        moduleResolution: to,
        allowImportingTsExtensions: true,
        typeRoots: [TYPES],
        types: ["node"],
        lib: ["ESNext", "DOM", "DOM.AsyncIterable"],
      };
      await writeFile(
        join(folder, "tsconfig.json"),
        JSON.stringify({ compilerOptions: options, include: ["*.ts"] }),
      );
      await expect(check(folder)).resolves.toBe("");
      // The compiler finds a wrong argument, so the types are effective.
      await mkdir(join(folder, "wrong"), { recursive: true });
      await writeFile(
        join(folder, "wrong/wrong.ts"),
        'import type { Greeter } from "../greeter.ts";\nexport const call = (it: Greeter) => it.greet(5);\n',
      );
      await writeFile(
        join(folder, "wrong/tsconfig.json"),
        JSON.stringify({ compilerOptions: options, include: ["*.ts"] }),
      );
      expect(await check(join(folder, "wrong"))).toContain("TS2345");
    },
    60_000,
  );
});

/** The compiler's output; empty if there are no errors. */
async function check(folder: string): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [TSC, "-p", folder]);
    return stdout;
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

/** The schema and the programs of the README. */
async function readExamples(): Promise<Map<string, string>> {
  const readme = await readFile("src/rpc/package/README.md", "utf8");
  const blocks = [...readme.matchAll(/```(capnp|ts)\n([^]*?)```/g)];
  const files = new Map<string, string>();
  for (const [, language, code = ""] of blocks) {
    if (language === "capnp") files.set(SCHEMA, code);
    else if (code.includes("@wetware/rpc/mesh")) files.set("mesh.ts", code);
    else files.set(files.has("main.ts") ? `example-${files.size}.ts` : "main.ts", code);
  }
  return files;
}

function hasCapnp(): boolean {
  try {
    execFileSync("capnp", ["--version"]);
    return true;
  } catch {
    return false;
  }
}
