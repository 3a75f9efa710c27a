/** The links of blocks. */
import { splitLinks } from "#base";
import { decode } from "@ipld/dag-pb";
import type { PBLink } from "@ipld/dag-pb";
import type { CID } from "multiformats/cid";

const DAG_PB = 0x70;

/**
 * The links of a block, up to 4096 at a time, between which the caller may yield; none if the block is not dag-pb, which
 * opening the layer reports.
 *
 * @throws {Exception} as `countLinks` does.
 */
export function* readLinks(cid: CID, block: Uint8Array): Generator<readonly PBLink[]> {
  if (cid.code !== DAG_PB) return;
  for (const part of splitLinks(cid, block)) yield decodeLinks(part);
}

function decodeLinks(part: Uint8Array): readonly PBLink[] {
  try {
    return decode(part).Links;
  } catch {
    return [];
  }
}
