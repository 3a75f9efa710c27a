/** Reads a folder on disk as entries of an image. */
import { createReadStream } from "node:fs";
import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { Exception } from "#base";
import type { ImportedEntry } from "#image";
import { explainFile } from "./explain-file.ts";

/**
 * Everything below a folder, in no particular order; symlinks stay symlinks.
 *
 * @param hidden whether names that begin with a dot are included
 * @throws {Exception} `failed` when the folder cannot be read or holds anything but files, folders and symlinks.
 */
export async function* readFolder(folder: string, hidden = false): AsyncGenerator<ImportedEntry> {
  yield* readBelow(folder, "", hidden);
}

async function* readBelow(
  folder: string,
  parent: string,
  hidden: boolean,
): AsyncGenerator<ImportedEntry> {
  const children = await readdir(join(folder, parent), { withFileTypes: true }).catch(
    (reason: unknown) => {
      throw new Exception(
        "failed",
        `Cannot read "${join(folder, parent)}": ${explainFile(reason)}`,
        {
          cause: reason,
        },
      );
    },
  );
  for (const child of children) {
    if (!hidden && child.name.startsWith(".")) continue;
    const path = parent === "" ? child.name : `${parent}/${child.name}`;
    const file = join(folder, path);
    if (child.isDirectory()) {
      yield { type: "directory", path };
      yield* readBelow(folder, path, hidden);
    } else if (child.isFile()) {
      yield { type: "file", path, content: readFile(file) };
    } else if (child.isSymbolicLink()) {
      yield { type: "link", path, target: await readlink(file) };
    } else {
      throw new Exception("failed", `Cannot read "${file}": it is not a file, folder or link`);
    }
  }
}

/** The file's content; the file is opened by the first read. */
async function* readFile(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { highWaterMark: 256 * 1024 });
}
