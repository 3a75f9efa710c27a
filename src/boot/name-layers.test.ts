import { expect, test } from "vitest";
import { nameLayers } from "./name-layers.ts";

const CID = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
/** The same hash as CIDv0 and CIDv1. */
const OLD = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";
const NEW = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";

test("nameLayers() names images by their hashes alone", () => {
  expect(nameLayers([`/ipfs/${CID}`])).toEqual([`/ipfs/${CID}`]);
  // The program does not change the image, and a CID may be written in several ways.
  expect(nameLayers([`/ipfs/${OLD}/bin/tool.wasm`, `/ipfs/${CID.toUpperCase()}`])).toEqual([
    `/ipfs/${NEW}`,
    `/ipfs/${CID}`,
  ]);
});

test.each([[[]], [["/ipns/k51"]], [[`/ipfs/${CID}`, "folder"]], [[CID]], [["/ipfs/none"]]])(
  "nameLayers() has no name for what can change: %j",
  (layers) => {
    expect(nameLayers(layers)).toBeUndefined();
  },
);
