import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { expect, test } from "vitest";
import { openNameStore } from "./name-store.ts";

const ONE = CID.parse("bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
const TWO = CID.parse("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi");

const toKey = (id: number): CID => CID.createV1(0x72, identity.digest(Uint8Array.of(id)));
const bytes = Uint8Array.of(1, 2, 3);

test("openNameStore() keeps the newest record for all tabs and later visits", async () => {
  const name = `names-${crypto.randomUUID()}`;
  const key = toKey(1);
  {
    using store = await openNameStore(name);
    using other = await openNameStore(name);
    expect(await store.get(key)).toBeUndefined();
    const newer = { bytes, sequence: 2n ** 63n, cid: TWO };
    const older = { bytes, sequence: 2n, cid: ONE };
    // Two tabs write at once; the order does not matter.
    await Promise.all([store.keep(key, newer), other.keep(key, older)]);
    expect(await other.keep(key, older)).toEqual(newer);
    expect((await other.keep(key, { ...newer, cid: ONE })).cid.toString()).toBe(TWO.toString());
    expect((await other.keep(key, { ...newer, bytes: Uint8Array.of(4) })).bytes).toEqual(
      Uint8Array.of(4),
    );
  }
  using later = await openNameStore(name);
  const kept = await later.get(key);
  expect(kept).toEqual({ bytes: Uint8Array.of(4), sequence: 2n ** 63n, cid: TWO });
});

test("openNameStore() forgets the name that was kept longest ago", async () => {
  using store = await openNameStore(`names-${crypto.randomUUID()}`, 2);
  const record = { bytes, sequence: 1n, cid: ONE };
  for (const id of [1, 2, 3, 4]) {
    await store.keep(toKey(id), record);
    expect(await store.get(toKey(id))).toEqual(record);
  }
  const kept = await Promise.all([1, 2, 3, 4].map((id) => store.get(toKey(id))));
  expect(kept.filter((found) => found !== undefined)).toHaveLength(2);
});
