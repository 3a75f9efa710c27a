import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBlockSource, openLayer } from "#image";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { MemoryBlockstore } from "blockstore-core";
import { expect, test } from "vitest";
import { buildImage } from "./build.ts";
import { loadImage } from "./load-image.ts";
import { toWasmKind } from "./wrap.ts";

const START = `(memory (export "memory") 1) (func (export "_start"))`;
const EXIT = `(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))`;

/** A folder with a program, and the program's path. */
async function makeFolder(
  program: Uint8Array,
): Promise<AsyncDisposable & { readonly path: string; readonly program: string }> {
  const path = await mkdtemp(join(tmpdir(), "ww-"));
  await mkdir(join(path, "bin"));
  const file = join(path, "bin/main.wasm");
  await writeFile(file, program);
  return { path, program: file, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** The entries of an image. */
async function loadProgram(
  path: string,
  name = "bin/main.wasm",
): Promise<{ paths: string[]; program: Uint8Array }> {
  const blockstore = new MemoryBlockstore();
  const { cid } = await loadImage(path, blockstore);
  const tree = await openLayer(cid, createBlockSource(blockstore));
  const entry = tree.entries.get(name);
  const size = entry?.type === "file" ? entry.sizeBytes : 0;
  return { paths: [...tree.entries.keys()], program: await tree.read(name, 0, size) };
}

test("loadImage() wraps a folder's core modules, and leaves the folder as it is", async () => {
  const core = await parse(`(module ${EXIT} ${START})`);
  const data = await parse(`(module (import "env" "now" (func (result i32))))`);
  await using folder = await makeFolder(core);
  await writeFile(join(folder.path, "bin/other.wasm"), core);
  await writeFile(join(folder.path, "bin/data.wasm"), data);
  for (const name of ["bin/main.wasm", "bin/other.wasm"]) {
    expect(toWasmKind((await loadProgram(folder.path, name)).program)).toBe("component");
  }
  expect((await loadProgram(folder.path, "bin/data.wasm")).program).toEqual(data);
  const { wrapped } = await loadImage(folder.path, new MemoryBlockstore());
  expect(wrapped).toEqual(["bin/main.wasm", "bin/other.wasm"]);
  expect(new Uint8Array(await readFile(folder.program))).toEqual(core);
});

test("loadImage() makes an image of a program alone, the same whether it was wrapped before", async () => {
  await using folder = await makeFolder(await parse(`(module ${EXIT} ${START})`));
  const { paths, program } = await loadProgram(folder.program);
  expect(paths.toSorted()).toEqual(["", "bin", "bin/main.wasm"]);
  const wrapped = await buildImage(folder.program, { layer: false });
  expect(wrapped).toMatchObject({ name: "main", wrapped: ["bin/main.wasm"] });
  await writeFile(folder.program, program);
  const again = await buildImage(folder.path, { layer: false });
  expect(again.wrapped).toEqual([]);
  expect(again.path).toBe(wrapped.path);
});

test("loadImage() says why a core module cannot be wrapped", async () => {
  const strange = `(import "env" "now" (func (result i32)))`;
  await using folder = await makeFolder(await parse(`(module ${strange} ${START})`));
  await expect(loadImage(folder.path, new MemoryBlockstore())).rejects.toThrow(
    /Cannot wrap ".*main\.wasm", a core module, into a component: it must be a command for WASI preview 1; .*env/,
  );
});

test("loadImage() takes no file for a CAR whose name says that it is a program", async () => {
  await using folder = await makeFolder(new TextEncoder().encode("no program at all"));
  await expect(loadImage(folder.program, new MemoryBlockstore())).rejects.toThrow(
    /^Cannot load image ".*main\.wasm": It does not begin as WebAssembly does; fetch or build it again$/,
  );
});
