/** From the names of layers to the tree that a run gets. */
import { Exception } from "#base";
import type { FileTree } from "#base";
import { openLayer, parseImageName, requireEntrypoint, uniteLayers } from "#image";
import type { Content } from "#net";
import type { BootOptions } from "#ui";

/**
 * Fetches every layer, base first, and unites them.
 *
 * @throws {Exception} in one sentence: a name that cannot be read, a layer that cannot be had, no entrypoint.
 */
export async function openImage(
  content: Content,
  names: readonly string[],
  { signal, onStage }: BootOptions,
): Promise<FileTree> {
  const layers: FileTree[] = [];
  for (const text of names) {
    const name = parseImageName(text);
    if (name.type === "unreadable") throw new Exception("failed", name.reason);
    const layer = layers.length + 1;
    await content.fetchLayer(name.cid, {
      signal,
      onProgress: (progress) =>
        onStage?.({ type: "fetching", layer, layers: names.length, ...progress }),
    });
    layers.push(await openLayer(name.cid, content, { signal }));
  }
  const tree = uniteLayers(layers);
  requireEntrypoint(tree);
  return tree;
}
