/** Loads an image from disk into a blockstore: a folder, a CAR file or a program. */
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Exception, toException, toMessage } from "#base";
import type { Waiting } from "#base";
import { ENTRYPOINT, importCar, importTree } from "#image";
import type { ImportedEntry, ReadableBlockstore, WritableBlockstore } from "#image";
import type { CID } from "multiformats/cid";
import { readFolder } from "./folder.ts";
import { readWasmKind, wrapCached } from "./wrap.ts";

/** The folder of an image's programs. */
const PROGRAMS = "bin";

export interface LoadedImage {
  /** The folder's or file's name, for people. */
  readonly name: string;
  readonly cid: CID;
  readonly path: `/ipfs/${string}`;
  /** Paths of programs that were core modules for preview 1, and were made components in the image. */
  readonly wrapped: readonly string[];
}

/**
 * Stores everything in a folder, including names that begin with a dot, and gives the path of a link to it.
 *
 * @throws {Exception} `failed` with the path and what is wrong with it.
 */
export async function loadFolder(
  path: string,
  blockstore: WritableBlockstore,
  options: Waiting = {},
): Promise<`/ipfs/${string}`> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new Exception("failed", `No folder at "${path}"`);
  const cid = await importTree(readFolder(path, true), blockstore, options);
  return `/ipfs/${cid.toString()}`;
}

/**
 * Stores all blocks of the image. A program, which is a component or a core module for preview 1, becomes an image that
 * has nothing else.
 *
 * Core modules in a folder's `bin/` are wrapped as well, since no cell can run one; the folder itself does not change. One
 * that cannot be wrapped is kept as it is, except for `bin/main.wasm`, where that is an error.
 *
 * @throws {Exception} `failed` with the path and what is wrong with it.
 */
export async function loadImage(
  path: string,
  blockstore: ReadableBlockstore & WritableBlockstore,
  options: Waiting = {},
): Promise<LoadedImage> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new Exception("failed", `No image at "${path}": give a folder, a CAR file or a program`);
  }
  try {
    const wrapped = found.isDirectory() ? await wrapPrograms(path) : new Map<string, Uint8Array>();
    let cid: CID;
    if (found.isDirectory()) {
      cid = await importTree(withPrograms(readFolder(path), wrapped), blockstore, options);
    } else {
      const kind = await readWasmKind(path);
      if (kind === undefined && path.endsWith(".wasm")) {
        throw new Exception(
          "failed",
          "It does not begin as WebAssembly does; fetch or build it again",
        );
      }
      if (kind === "core") wrapped.set(ENTRYPOINT, await wrapCached(await readFile(path), path));
      cid =
        kind === undefined
          ? await importCar(createReadStream(path), blockstore, options)
          : await importTree(
              [toProgram(ENTRYPOINT, wrapped.get(ENTRYPOINT) ?? (await readFile(path)))],
              blockstore,
              options,
            );
    }
    const name = basename(resolve(path)).replace(/\.(car|wasm)$/, "");
    return { name, cid, path: `/ipfs/${cid.toString()}`, wrapped: [...wrapped.keys()] };
  } catch (reason) {
    options.signal?.throwIfAborted();
    const { kind } = toException(reason);
    throw new Exception(kind, `Cannot load image "${path}": ${toMessage(reason)}`, {
      cause: reason,
    });
  }
}

/** The components of a folder's programs that are core modules, by their paths. */
async function wrapPrograms(folder: string): Promise<Map<string, Uint8Array>> {
  const wrapped = new Map<string, Uint8Array>();
  const names = await readdir(join(folder, PROGRAMS)).catch(() => []);
  const programs = names.filter((name) => name.endsWith(".wasm") && !name.startsWith("."));
  for (const name of programs.toSorted()) {
    const path = `${PROGRAMS}/${name}`;
    const file = join(folder, path);
    if ((await readWasmKind(file)) !== "core") continue;
    try {
      wrapped.set(path, await wrapCached(await readFile(file), file));
    } catch (reason) {
      // Other modules may be data of a program.
      if (path === ENTRYPOINT) throw reason;
    }
  }
  return wrapped;
}

/** The same entries, with programs replaced by their components. */
async function* withPrograms(
  entries: AsyncIterable<ImportedEntry>,
  components: ReadonlyMap<string, Uint8Array>,
): AsyncGenerator<ImportedEntry> {
  for await (const entry of entries) {
    const component = components.get(entry.path);
    yield component === undefined ? entry : toProgram(entry.path, component);
  }
}

function toProgram(path: string, content: Uint8Array): ImportedEntry {
  return { type: "file", path, content };
}
