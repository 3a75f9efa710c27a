/** An image from disk, a folder or a CAR file, into a blockstore. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Exception, toException, toMessage } from "#base";
import type { Waiting } from "#base";
import { importCar, importTree } from "#image";
import type { ReadableBlockstore, WritableBlockstore } from "#image";
import type { CID } from "multiformats/cid";
import { readFolder } from "./folder.ts";

export interface LoadedImage {
  /** The folder's or file's name, for people. */
  readonly name: string;
  readonly cid: CID;
  readonly path: `/ipfs/${string}`;
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
 * Stores all blocks of the image.
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
    throw new Exception("failed", `No image at "${path}": give a folder or a CAR file`);
  }
  try {
    const cid = found.isDirectory()
      ? await importTree(readFolder(path), blockstore, options)
      : await importCar(createReadStream(path), blockstore, options);
    const name = basename(resolve(path)).replace(/\.car$/, "");
    return { name, cid, path: `/ipfs/${cid.toString()}` };
  } catch (reason) {
    options.signal?.throwIfAborted();
    const { kind } = toException(reason);
    throw new Exception(kind, `Cannot load image "${path}": ${toMessage(reason)}`, {
      cause: reason,
    });
  }
}
