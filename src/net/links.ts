/** What a block leads to. */
import { countLinks } from "#base";
import { decode } from "@ipld/dag-pb";
import type { PBLink } from "@ipld/dag-pb";
import type { CID } from "multiformats/cid";

const DAG_PB = 0x70;

/**
 * The links of a block; none where it is no dag-pb, which is for whoever opens the layer to tell.
 *
 * @throws {Exception} as `countLinks` does, which also tells what this costs.
 */
export function readLinks(cid: CID, block: Uint8Array): readonly PBLink[] {
  if (cid.code !== DAG_PB) return [];
  countLinks(cid, block);
  try {
    return decode(block).Links;
  } catch {
    return [];
  }
}
