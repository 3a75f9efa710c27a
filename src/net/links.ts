/** The links of blocks. */
import { countLinks } from "#base";
import { decode } from "@ipld/dag-pb";
import type { PBLink } from "@ipld/dag-pb";
import type { CID } from "multiformats/cid";

const DAG_PB = 0x70;

/**
 * The links of a block; none if it is not dag-pb, which opening the layer reports.
 *
 * @throws {Exception} as `countLinks` does.
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
