/** What the files of a run have become, as an image of its own. */
import type { Snapshot, Waiting } from "#base";
import { encodeCar, importSnapshot } from "#image";
import type { LinkedTree } from "#image";
import type { Content } from "#net";
import type { BootOptions } from "#ui";

/**
 * Stores the image on this page, and hands it over.
 *
 * @param volumes the image that was run, then its mounts
 * @throws {Exception} `failed` when the files cannot be read or stored; or what whoever takes the image throws.
 */
export async function saveImage(
  snapshot: Snapshot,
  volumes: readonly LinkedTree[],
  content: Content,
  { signal, onSaved }: Waiting & Pick<BootOptions, "onSaved">,
): Promise<void> {
  const root = await importSnapshot(snapshot, volumes, content, { signal });
  await onSaved?.({ path: `/ipfs/${root.toString()}`, car: encodeCar(root, content, { signal }) });
}
