/** Opens layers by name as one tree with a program. */
import { Exception } from "#base";
import type { Mount, Waiting } from "#base";
import { ENTRYPOINT, openLayer, parseImageName, requireEntrypoint, uniteLayers } from "#image";
import type { LinkedTree } from "#image";
import type { ImageOptions } from "#kernel";
import type { Content, Names } from "#net";
import type { Order } from "#schema";
import type { CID } from "multiformats/cid";

export interface OpenedImage {
  readonly tree: LinkedTree;
  /** Path of the program as the link names it, its `argv[0]`. */
  readonly program: string;
  /** Path of the program's component in the tree; empty if the files alone were wanted. */
  readonly entrypoint: string;
}

/** Resolves a mutable name to its image. */
export type ResolveName = Names["resolve"];

/**
 * Fetches every layer, base first, and unites them. The last name that has a program selects it. A mutable name is
 * resolved once.
 *
 * @throws {Exception} for a malformed name, an unavailable layer, or a missing entrypoint unless `filesOnly`.
 */
export async function openImage(
  content: Content,
  resolve: ResolveName,
  names: readonly string[],
  {
    signal,
    onProgress: report,
    filesOnly = false,
    peers,
  }: ImageOptions & { readonly peers: readonly string[] },
): Promise<OpenedImage> {
  const layers: LinkedTree[] = [];
  let program: string = ENTRYPOINT;
  for (const text of names) {
    const layer = layers.length + 1;
    const onProgress: OnProgress = ({
      blocks,
      bytes,
      totalBytes = -1,
      waitSeconds = 0,
      asked = [],
    }) => report?.({ layer, layers: names.length, blocks, bytes, totalBytes, waitSeconds, asked });
    const name = await readName(text, resolve, { signal });
    program = name.program ?? program;
    layers.push(await openNamed(content, name, { signal, onProgress, peers }));
  }
  const tree = uniteLayers(layers);
  return { tree, program, entrypoint: filesOnly ? "" : requireEntrypoint(tree, program) };
}

/** Fetches and opens the layers of all mounts. */
export async function openMounts(
  content: Content,
  resolve: ResolveName,
  mounts: Order["mounts"],
  options: Waiting,
): Promise<Mount<LinkedTree>[]> {
  const opened: Mount<LinkedTree>[] = [];
  for (const { path, layer } of mounts) {
    const name = await readName(layer, resolve, options);
    opened.push({ path, tree: await openNamed(content, name, options) });
  }
  return opened;
}

type FetchOptions = NonNullable<Parameters<Content["fetchLayer"]>[1]>;
type OnProgress = NonNullable<FetchOptions["onProgress"]>;

interface Name {
  readonly cid: CID;
  readonly program: string | undefined;
}

async function readName(text: string, resolve: ResolveName, options: Waiting): Promise<Name> {
  const name = parseImageName(text);
  if (name.type === "unreadable") throw new Exception("failed", name.reason);
  if (name.type === "name") return name;
  return { cid: (await resolve(name.key, options)).cid, program: name.program };
}

async function openNamed(content: Content, name: Name, options: FetchOptions): Promise<LinkedTree> {
  await content.fetchLayer(name.cid, options);
  return openLayer(name.cid, content, { signal: options.signal });
}
