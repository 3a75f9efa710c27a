/** From the names of layers to the tree that a run gets. */
import { Exception } from "#base";
import type { Mount, Waiting } from "#base";
import { openLayer, parseImageName, requireEntrypoint, uniteLayers } from "#image";
import type { LinkedTree } from "#image";
import type { Content } from "#net";
import type { BootOptions, ImageOrder } from "#ui";

/**
 * Fetches every layer, base first, and unites them.
 *
 * @throws {Exception} in one sentence: a name that cannot be read, a layer that cannot be had, no entrypoint.
 */
export async function openImage(
  content: Content,
  names: readonly string[],
  { signal, onStage }: BootOptions,
): Promise<LinkedTree> {
  const layers: LinkedTree[] = [];
  for (const text of names) {
    const layer = layers.length + 1;
    const onProgress: OnProgress = (progress) =>
      onStage?.({ type: "fetching", layer, layers: names.length, ...progress });
    layers.push(await openNamed(content, text, { signal, onProgress }));
  }
  const tree = uniteLayers(layers);
  requireEntrypoint(tree);
  return tree;
}

/** Fetches what is to be mounted. */
export async function openMounts(
  content: Content,
  mounts: NonNullable<ImageOrder["mounts"]>,
  options: Waiting,
): Promise<Mount<LinkedTree>[]> {
  const opened: Mount<LinkedTree>[] = [];
  for (const { path, layer } of mounts) {
    opened.push({ path, tree: await openNamed(content, layer, options) });
  }
  return opened;
}

type FetchOptions = NonNullable<Parameters<Content["fetchLayer"]>[1]>;
type OnProgress = NonNullable<FetchOptions["onProgress"]>;

async function openNamed(
  content: Content,
  text: string,
  options: FetchOptions,
): Promise<LinkedTree> {
  const name = parseImageName(text);
  if (name.type === "unreadable") throw new Exception("failed", name.reason);
  await content.fetchLayer(name.cid, options);
  return openLayer(name.cid, content, { signal: options.signal });
}
