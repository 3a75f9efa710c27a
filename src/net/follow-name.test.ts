import { createNotice, SILENT } from "#base";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { followName } from "./follow-name.ts";
import { createRecord, toNameKey } from "./name-record.ts";
import { createMemoryNames } from "./name-store.ts";
import { createNames } from "./names.ts";

const ONE = CID.parse("bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
const TWO = CID.parse("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi");
const HOUR_MS = 3_600_000;

const key = await generateKeyPair("Ed25519");
const name = toNameKey(key);
const make = async (cid: CID, sequence: bigint): Promise<Uint8Array> =>
  (await createRecord(key, cid, sequence, HOUR_MS)).bytes;

/** Follows a name whose only source gives one answer after the other, each after a hint. */
async function follow(
  answers: readonly (Uint8Array | string)[],
  onHead: (cid: CID) => Promise<unknown>,
): Promise<number> {
  const asked = createNotice();
  let at = 0;
  const stop = new AbortController();
  const source = {
    label: "the test",
    async fetchRecord() {
      const answer = answers[at++];
      if (at === answers.length) stop.abort();
      asked.notify();
      return answer ?? "nothing more";
    },
  };
  // Names remember nothing here, so only `followName` keeps older records out.
  const store = createMemoryNames(0);
  const names = createNames({ store, sources: [source], sinks: [] });
  const current = await createRecord(key, ONE, 1n, HOUR_MS);
  let hints = 0;
  await followName(names, name, current, {
    pollMs: 60_000,
    pauseMs: 0,
    hint: { wait: async () => void hints++ },
    onHead,
    logger: SILENT,
    signal: stop.signal,
  });
  return hints;
}

test("followName() tells each new head once, and never an older one", async () => {
  const heads: string[] = [];
  const hints = await follow(
    [
      await make(ONE, 1n),
      await make(TWO, 2n),
      "the server is down",
      await make(TWO, 2n),
      await make(ONE, 1n),
      // Among records of the same sequence, the first one counts.
      await make(ONE, 2n),
      await make(TWO, 3n),
      await make(ONE, 4n),
      "the end",
    ],
    async (cid) => {
      heads.push(cid.toString());
      throw new Error("cannot be opened");
    },
  );
  expect(heads).toEqual([TWO.toString(), ONE.toString()]);
  expect(hints).toBe(9);
});
