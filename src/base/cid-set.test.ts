import * as fc from "fast-check";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { expect, test } from "vitest";
import { createCidSet } from "./cid-set.ts";

const cid = fc
  .tuple(fc.constantFrom(0x55, 0x70), fc.uint8Array({ minLength: 0, maxLength: 3 }))
  .map(([codec, digest]) => CID.createV1(codec, create(0x00, digest)));

test("createCidSet() has what was added, and says what is new", () => {
  fc.assert(
    fc.property(
      fc.array(cid, { maxLength: 300 }),
      fc.array(cid, { maxLength: 50 }),
      (all, some) => {
        const set = createCidSet();
        const model = new Set<string>();
        for (const cid of all) {
          expect(set.add(cid)).toBe(!model.has(cid.toString()));
          model.add(cid.toString());
        }
        for (const cid of [...all, ...some]) expect(set.has(cid)).toBe(model.has(cid.toString()));
      },
    ),
  );
});

test("createCidSet() numbers CIDs in the order in which they were added", () => {
  const set = createCidSet();
  for (let at = 0; at < 1000; at++) expect(set.toNumber(cidOf(at).bytes)).toBe(at + 1);
  for (let at = 0; at < 1000; at++) expect(set.toNumber(cidOf(at).bytes)).toBe(at + 1);
});

test("createCidSet() has 200 000 CIDs, long ones too", () => {
  const set = createCidSet();
  let added = 0;
  for (let at = 0; at < 200_000; at++) if (set.add(cidOf(at))) added++;
  expect(added).toBe(200_000);
  for (let at = 0; at < 200_000; at += 77) expect(set.add(cidOf(at))).toBe(false);
  expect(set.has(cidOf(200_000))).toBe(false);
});

function cidOf(at: number): CID {
  const digest = new Uint8Array(at % 1000 === 0 ? 2000 : 32);
  new DataView(digest.buffer).setUint32(0, at);
  return CID.createV1(0x55, create(0x12, digest));
}
