/** The contract of `BlockSource`; the tests of each implementation run it. */
import { Exception, sha256 } from "#base";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { expect, test } from "vitest";
import type { BlockSource } from "./block-source.ts";

/** Opens a source with exactly these blocks. */
export type OpenSource = (
  blocks: readonly { readonly cid: CID; readonly bytes: Uint8Array }[],
) => Promise<AsyncDisposable & { readonly source: BlockSource }>;

export function testBlockSource(name: string, open: OpenSource): void {
  const bytes = new TextEncoder().encode("a block");

  test(`${name} gives the bytes of a block, again and again`, async () => {
    const cid = await cidOf(bytes);
    await using opened = await open([{ cid, bytes }]);
    expect([...(await opened.source.get(cid))]).toEqual([...bytes]);
    expect([...(await opened.source.get(cid))]).toEqual([...bytes]);
  });

  test(`${name} gives an empty block`, async () => {
    const empty = new Uint8Array(0);
    const cid = await cidOf(empty);
    await using opened = await open([{ cid, bytes: empty }]);
    expect((await opened.source.get(cid)).length).toBe(0);
  });

  test(`${name} gives what stands in the CID itself`, async () => {
    const cid = CID.createV1(0x55, create(0x00, bytes));
    await using opened = await open([]);
    expect([...(await opened.source.get(cid))]).toEqual([...bytes]);
  });

  test(`${name} serves many at once`, async () => {
    const blocks = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        const body = new Uint8Array(1000).fill(at);
        return { cid: await cidOf(body), bytes: body };
      }),
    );
    await using opened = await open(blocks);
    const got = await Promise.all(blocks.map(({ cid }) => opened.source.get(cid)));
    expect(got.map((body) => body[999])).toEqual(blocks.map((_, at) => at));
  });

  test(`${name} names the block that cannot be had`, async () => {
    const cid = await cidOf(bytes);
    await using opened = await open([]);
    const failure: unknown = await opened.source.get(cid).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(Exception);
    expect(String(failure)).toContain(cid.toString());
  });

  test(`${name} stops waiting with the signal's reason`, async () => {
    const cid = await cidOf(bytes);
    await using opened = await open([{ cid, bytes }]);
    const reason = new Error("no longer wanted");
    await expect(opened.source.get(cid, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
}

async function cidOf(bytes: Uint8Array): Promise<CID> {
  return CID.createV1(0x55, create(0x12, await sha256(bytes)));
}
