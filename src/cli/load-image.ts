/** An image from disk, a folder, a CAR file or a program, into a blockstore. */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { Exception, toException, toMessage } from "#base";
import type { Waiting } from "#base";
import { ENTRYPOINT, importCar, importTree } from "#image";
import type { ImportedEntry, ReadableBlockstore, WritableBlockstore } from "#image";
import type { CID } from "multiformats/cid";
import { readFolder } from "./folder.ts";
import { readWasmKind, wrapCached } from "./wrap.ts";

export interface LoadedImage {
  /** The folder's or file's name, for people. */
  readonly name: string;
  readonly cid: CID;
  readonly path: `/ipfs/${string}`;
  /** Whether its program was a core module for preview 1, and is a component in the image. */
  readonly wrapped: boolean;
}

/**
 * Stores everything in a folder, also names that begin with a dot, and gives the path of a link to it.
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
 * Stores all blocks of the image. A program, a component or a core module for preview 1, becomes the image that has
 * nothing else.
 *
 * A folder's program is wrapped, too, if it is a core module, as no image can start with one; the folder stays as it is.
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
    const program = found.isDirectory() ? join(path, ENTRYPOINT) : path;
    const kind = await readWasmKind(program);
    if (kind === undefined && path.endsWith(".wasm") && !found.isDirectory()) {
      throw new Exception(
        "failed",
        "It does not begin as WebAssembly does; fetch or build it again",
      );
    }
    const wrapped = kind === "core";
    const component = wrapped ? await wrapCached(await readFile(program), program) : undefined;
    const entries = found.isDirectory()
      ? withProgram(readFolder(path), component)
      : kind === undefined
        ? undefined
        : [toProgram(component ?? (await readFile(program)))];
    const cid =
      entries === undefined
        ? await importCar(createReadStream(path), blockstore, options)
        : await importTree(entries, blockstore, options);
    const name = basename(resolve(path)).replace(/\.(car|wasm)$/, "");
    return { name, cid, path: `/ipfs/${cid.toString()}`, wrapped };
  } catch (reason) {
    options.signal?.throwIfAborted();
    const { kind } = toException(reason);
    throw new Exception(kind, `Cannot load image "${path}": ${toMessage(reason)}`, {
      cause: reason,
    });
  }
}

/** The same entries, with another program if there is one. */
async function* withProgram(
  entries: AsyncIterable<ImportedEntry>,
  component: Uint8Array | undefined,
): AsyncGenerator<ImportedEntry> {
  for await (const entry of entries) {
    yield component !== undefined && entry.path === ENTRYPOINT ? toProgram(component) : entry;
  }
}

function toProgram(content: Uint8Array): ImportedEntry {
  return { type: "file", path: ENTRYPOINT, content };
}
