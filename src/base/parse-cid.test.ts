import { CID } from "multiformats/cid";
import { base36 } from "multiformats/bases/base36";
import { base58btc } from "multiformats/bases/base58";
import { identity } from "multiformats/hashes/identity";
import { expect, test } from "vitest";
import { parseCid } from "./parse-cid.ts";

const CIDS = [36, 64, 1000].map((length) =>
  CID.createV1(0x55, identity.digest(new Uint8Array(length))),
) as [CID, CID, CID];

test("parseCid() reads a CID of any base that it is given", () => {
  const [short, hash] = CIDS;
  expect(parseCid(short.toString())).toEqual(short);
  expect(parseCid(hash.toString(base58btc))).toEqual(hash);
  expect(parseCid(hash.toString(base36), base36)).toEqual(hash);
});

test("parseCid() refuses what is longer than a hash before it decodes it", () => {
  expect(() => parseCid(CIDS[2].toString())).toThrow("at most 256");
  expect(() => parseCid(`z${"z".repeat(8_000_000)}`)).toThrow("at most 256");
});
