/** The one file that an image must have. */
import { Exception } from "#base";
import type { FileTree } from "#base";

/** Where pid0's component stands in the union of all layers. */
export const ENTRYPOINT = "bin/main.wasm";

/**
 * Does nothing when the tree can be booted.
 *
 * @throws {Exception} `failed` with a sentence for the visitor when there is no file at `ENTRYPOINT`.
 */
export function requireEntrypoint(tree: FileTree): void {
  const entry = tree.entries.get(ENTRYPOINT);
  if (entry?.type === "file") return;
  const found = entry === undefined ? "there is none" : `a ${entry.type} stands there`;
  throw new Exception(
    "failed",
    `Cannot boot: an image needs a component at ${ENTRYPOINT}, and ${found}; add a layer that has it`,
  );
}
