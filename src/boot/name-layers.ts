/** The layers of a process as canonical paths by CID; `undefined` unless all are named by a CID. */
import { parseImageName } from "#image";

export function nameLayers(layers: readonly string[]): readonly string[] | undefined {
  const named = layers.flatMap((layer) => {
    const name = layer.startsWith("/ipfs/") ? parseImageName(layer) : undefined;
    return name?.type === "name" ? `/ipfs/${name.cid.toV1().toString()}` : [];
  });
  return named.length === layers.length && named.length > 0 ? named : undefined;
}
