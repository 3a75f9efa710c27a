/** `ww build`: makes an image with a CID of a folder. */
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { Exception, toMessage } from "#base";
import { createBlockSource, encodeCar, openLayer, requireEntrypoint } from "#image";
import { MemoryBlockstore } from "blockstore-core";
import { inspectProgram, readEntrypoint } from "./inspect.ts";
import { loadImage } from "./load-image.ts";
import type { LoadedImage } from "./load-image.ts";
import { openNewFile } from "./new-file.ts";
import { parseCommandLine, UsageError } from "./usage.ts";
import type { Command } from "./usage.ts";
import { readWasmKind } from "./wrap.ts";

const HELP = `ww build <folder> [-o <file.car>] [--layer]

Turns a folder into an image and prints its CID. The same files give the same CID
everywhere, the one of \`ipfs add --cid-version=1 -r\`. Names that begin with a dot
are left out. A program can stand in the place of the folder, and is its bin/main.wasm.

Programs in bin/ that are core modules for WASI preview 1, as most compilers make them,
are wrapped into components; the image has those, and the folder stays as it is. A
bin/main.wasm that no cell could run is refused.

  -o, --output <file>  also write the image as a CAR file
      --layer          allow a folder without bin/main.wasm, to be stacked on others
`;

export const buildCommand: Command = {
  help: HELP,
  async run(args, { stdout, stderr, signal }) {
    const { values, positionals } = parseCommandLine(args, {
      output: { type: "string", short: "o" },
      layer: { type: "boolean" },
    });
    const [folder, ...rest] = positionals;
    if (folder === undefined || rest.length > 0) {
      throw new UsageError(
        "ww build takes one folder or program, for example: ww build ./my-image",
      );
    }
    const { cid, wrapped } = await buildImage(folder, {
      layer: values.layer ?? false,
      output: values.output,
      signal,
    });
    for (const path of wrapped) {
      stderr.write(`wrapped ${path}: it is for preview 1, and a component here\n`);
    }
    stdout.write(`${cid.toString()}\n`);
    return 0;
  },
};

/**
 * Makes an image of the folder, or program; with `output`, writes its CAR there, completely or not at all.
 *
 * @throws {Exception} `failed` when the folder cannot be read, or its program cannot be run and it is not meant as a layer.
 */
export async function buildImage(
  folder: string,
  options: {
    readonly layer: boolean;
    readonly output?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<LoadedImage> {
  const { layer, output, signal } = options;
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true && (await readWasmKind(folder)) === undefined) {
    const state =
      found === undefined ? "there is no such folder" : "it is neither a folder nor a program";
    throw new Exception("failed", `Cannot build "${folder}": ${state}`);
  }
  const blockstore = new MemoryBlockstore();
  const image = await loadImage(folder, blockstore, { signal });
  const { cid } = image;
  const blocks = createBlockSource(blockstore);
  if (!layer) {
    const tree = await openLayer(cid, blocks, { signal });
    try {
      requireEntrypoint(tree);
    } catch {
      throw new Exception(
        "failed",
        `Cannot build "${folder}": it has no file bin/main.wasm; add the component, or build with --layer`,
      );
    }
    const { complaint } = await inspectProgram(await readEntrypoint(tree, { signal }));
    if (complaint !== undefined) {
      throw new Exception("failed", `Cannot build "${folder}": bin/main.wasm: ${complaint}`);
    }
  }
  if (output !== undefined) {
    await using file = await openNewFile(output);
    try {
      await pipeline(encodeCar(cid, blocks), file.stream, { signal });
      await file.keep();
    } catch (reason) {
      signal?.throwIfAborted();
      throw new Exception("failed", `Cannot write "${output}": ${toMessage(reason)}`, {
        cause: reason,
      });
    }
  }
  return image;
}
