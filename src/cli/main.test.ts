import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { command, RETURNS_OK } from "../cell/guests.testing.ts";
import { buildImage } from "./build.ts";
import { makeFolder } from "./folder.testing.ts";
import { main } from "./main.ts";

vi.setConfig({ testTimeout: 30_000 });

const IMAGE = { "bin/main.wasm": "component", "etc/motd": "hello", ".git/HEAD": "x", ".env": "y" };

/** A program with an import that no cell has. */
const RADIO = '(import "acme:radio/tuner" (instance))';

describe("buildImage()", () => {
  test("leaves out dotfiles, keeps links and empty folders", async () => {
    await using image = await makeFolder(IMAGE);
    await using clean = await makeFolder({ "bin/main.wasm": "component", "etc/motd": "hello" });
    const cid = String((await buildImage(image.path, { layer: true })).cid);
    expect(String((await buildImage(clean.path, { layer: true })).cid)).toBe(cid);
    await symlink("main.wasm", join(clean.path, "bin/link"));
    const linked = String((await buildImage(clean.path, { layer: true })).cid);
    await mkdir(join(clean.path, "var"));
    const withFolder = String((await buildImage(clean.path, { layer: true })).cid);
    expect(new Set([cid, linked, withFolder]).size).toBe(3);
  });

  test("wants bin/main.wasm unless it is a layer", async () => {
    await using layer = await makeFolder({ "etc/motd": "hello" });
    await expect(buildImage(layer.path, { layer: false })).rejects.toThrow(
      /no file bin\/main\.wasm/,
    );
    await expect(buildImage(layer.path, { layer: true })).resolves.toBeDefined();
  });

  test("wants a program that a cell can run, unless it is a layer", async () => {
    await using image = await makeFolder({ "bin/main.wasm": "component" });
    await expect(buildImage(image.path, { layer: false })).rejects.toThrow(
      /^Cannot build ".*": bin\/main\.wasm: Not a WebAssembly component/,
    );
    await expect(buildImage(image.path, { layer: true })).resolves.toBeDefined();
    await writeFile(join(image.path, "bin/main.wasm"), await command(RETURNS_OK, RADIO));
    await expect(buildImage(image.path, { layer: false })).rejects.toThrow(
      /bin\/main\.wasm: Component imports "acme:radio\/tuner", which cells do not have/,
    );
    await writeFile(join(image.path, "bin/main.wasm"), await command(RETURNS_OK));
    await expect(buildImage(image.path, { layer: false })).resolves.toBeDefined();
  });
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const { signal } = new AbortController();
  const code = await main(args, { stdin: Readable.from([]), stdout, stderr, signal });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

describe("main()", () => {
  test("prints the CID alone", async () => {
    await using image = await makeFolder(IMAGE);
    await writeFile(join(image.path, "bin/main.wasm"), await command(RETURNS_OK));
    const { code, out, err } = await run("build", image.path);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^bafybei[a-z2-7]{52}\n$/);
  });

  test("prints help and version on stdout", async () => {
    expect((await run("--help")).out).toContain("ww up");
    expect((await run("up", "--help")).out).toContain("--port <n>");
    expect((await run("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("answers what it does not understand with a hint and code 2", async () => {
    const cases: [string[], RegExp][] = [
      [[], /ww up/],
      [["bild"], /Unknown command bild: did you mean build\?/],
      [["frobnicate"], /Unknown command frobnicate\nTry: ww --help\n$/],
      [["--hepl"], /Unknown option --hepl: did you mean --help\?/],
      [["up", "--prot=1"], /Unknown option --prot: did you mean --port\?/],
      [["up", "--port"], /--port/],
      [["up", "--port", "70000"], /Not a port: "70000"/],
      [["up", "image"], /images are given with --image/],
      [["build"], /takes one folder/],
      [["build", "-x", "a"], /Unknown option -x\nTry: ww build --help\n$/],
      [["run"], /at least one image/],
      [["run", "--enf", "A=1", "x"], /did you mean --env\?/],
      [["run", "--policy", "/nope.json", "x"], /"\/nope.json": it does not exist\n/],
      [["run", "--env", "A", "x"], /Not a variable: "A"/],
    ];
    for (const [args, hint] of cases) {
      const { code, out, err } = await run(...args);
      expect({ args, code, out }).toEqual({ args, code: 2, out: "" });
      expect(err).toMatch(hint);
    }
  });

  test("says one sentence and exits with 1 when something fails, with the stack only if asked", async () => {
    const { code, out, err } = await run("build", "/nope");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe('ww: Cannot build "/nope": there is no such folder\n');
    const file = fileURLToPath(import.meta.url);
    expect((await run("build", file)).err).toMatch(/it is neither a folder nor a program\n$/);
    expect((await run("inspect", "/nope")).err).toMatch(/and it is not a CID: give a program, /);
    expect((await run("build", "/nope", "--verbose")).err).toMatch(/\n +at /);
  });
});

test("the launcher runs ww in whatever Node the shell has", async () => {
  const launcher = fileURLToPath(new URL("ww.mjs", import.meta.url));
  // npm puts the checkout's own Node first; a shell does not.
  const path = (process.env["PATH"] ?? "")
    .split(":")
    .filter((part) => !part.includes("node_modules"));
  const version = await new Promise<string>((resolve, reject) => {
    const options = { env: { ...process.env, PATH: path.join(":") } };
    execFile("node", [launcher, "--version"], options, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
  expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
});
