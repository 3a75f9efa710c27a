/** The images of a process by their hashes, however their names write them; `undefined` unless all are named so. */
import { parseImageName } from "#image";

export function nameLayers(layers: readonly string[]): readonly string[] | undefined {
  const named = layers.flatMap((layer) => {
    const name = layer.startsWith("/ipfs/") ? parseImageName(layer) : undefined;
    return name?.type === "name" ? `/ipfs/${name.cid.toV1().toString()}` : [];
  });
  return named.length === layers.length && named.length > 0 ? named : undefined;
}
