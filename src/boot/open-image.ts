/** Opens the named layers as one tree with a program. */
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
  /** The program's path as the link names it; the program's `argv[0]`. */
  readonly program: string;
  /** The path of its component in the tree. */
  readonly entrypoint: string;
}

/** What finds the image of a mutable name. */
export type ResolveName = Names["resolve"];

/**
 * Fetches every layer, base first, and unites them. The last name with a program selects it. A mutable name is resolved
 * once.
 *
 * @throws {Exception} in one sentence: a malformed name, an unavailable layer, a missing entrypoint, unless its files alone are wanted.
 */
export async function openImage(
  content: Content,
  resolve: ResolveName,
  names: readonly string[],
  {
    signal,
    onProgress: tell,
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
    }) => tell?.({ layer, layers: names.length, blocks, bytes, totalBytes, waitSeconds, asked });
    const name = await readName(text, resolve, { signal });
    program = name.program ?? program;
    layers.push(await openNamed(content, name, { signal, onProgress, peers }));
  }
  const tree = uniteLayers(layers);
  return { tree, program, entrypoint: filesOnly ? "" : requireEntrypoint(tree, program) };
}

/** Fetches the mounted layers. */
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
