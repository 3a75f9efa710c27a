import { join } from "node:path";
import { readdir, stat, writeFile } from "node:fs/promises";
import { createMemoryNames, openRecord, RECORD_TYPE, toNameKey } from "#net";
import type { NameStore } from "#net";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { base36 } from "multiformats/bases/base36";
import { CID } from "multiformats/cid";
import { createIPNSRecord, marshalIPNSRecord } from "ipns";
import { describe, expect, test } from "vitest";
import { makeFolder } from "./folder.testing.ts";
import { startTestServer } from "./http.testing.ts";
import type { TestServer } from "./http.testing.ts";
import { openNameFiles } from "./name-files.ts";
import { createNameHandler } from "./name-handler.ts";

const ONE = "/ipfs/bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
const TWO = "/ipfs/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const HOUR_MS = 3_600_000;

const key = await generateKeyPair("Ed25519");
const other = await generateKeyPair("Ed25519");
const path = `/ipns/${toNameKey(key).toString(base36)}`;

async function sign(
  value: string,
  sequence: number,
  lifetimeMs = HOUR_MS,
  signer = key,
): Promise<Uint8Array<ArrayBuffer>> {
  return marshalIPNSRecord(
    await createIPNSRecord(signer, value, sequence, lifetimeMs),
  ) as Uint8Array<ArrayBuffer>;
}

function start(store: NameStore): Promise<TestServer> {
  const handle = createNameHandler(store);
  return startTestServer((request, response) => void handle(request, response));
}

async function put(server: TestServer, record: Uint8Array<ArrayBuffer>): Promise<string> {
  const init = { method: "PUT", body: record, headers: { "content-type": RECORD_TYPE } };
  const response = await fetch(server.origin + path, init);
  return `${response.status} ${await response.text()}`.trim();
}

async function read(server: TestServer): Promise<string> {
  const response = await fetch(server.origin + path, { headers: { accept: RECORD_TYPE } });
  if (!response.ok) return `${response.status} ${await response.text()}`.trim();
  expect(response.headers.get("content-type")).toBe(RECORD_TYPE);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const { cid, sequence } = await openRecord(toNameKey(key), await response.bytes());
  return `/ipfs/${cid.toString()} ${sequence}`;
}

describe.each([
  ["memory", async () => ({ store: createMemoryNames(), [Symbol.asyncDispose]: async () => {} })],
  [
    "files",
    async () => {
      const folder = await makeFolder({});
      const store = await openNameFiles(join(folder.path, "names"));
      return { store, [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
    },
  ],
])("createNameHandler() over %s", (_, open) => {
  test("gives the record that it was sent, until there is a newer one", async () => {
    await using opened = await open();
    await using server = await start(opened.store);
    expect(await read(server)).toBe("404 This node has no record of this name");
    expect(await put(server, await sign(ONE, 1))).toBe("204");
    expect(await read(server)).toBe(`${ONE} 1`);
    expect(await put(server, await sign(TWO, 7))).toBe("204");
    expect(await read(server)).toBe(`${TWO} 7`);
    const byParameter = await fetch(`${server.origin}${path}?format=ipns-record`);
    expect(byParameter.headers.get("content-type")).toBe(RECORD_TYPE);
    const head = await fetch(`${server.origin}${path}?format=ipns-record`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("refuses an older record, and another one of the same sequence", async () => {
    await using opened = await open();
    await using server = await start(opened.store);
    await put(server, await sign(TWO, 2));
    const refusal = "409 This record is not newer: its sequence is";
    expect(await put(server, await sign(ONE, 1))).toBe(`${refusal} 1, and 2 was published`);
    expect(await put(server, await sign(ONE, 2, 2 * HOUR_MS))).toBe(
      `${refusal} 2, and 2 was published`,
    );
    expect(await read(server)).toBe(`${TWO} 2`);
  });

  test("keeps the one of two equal records that is valid for longer", async () => {
    await using opened = await open();
    await using server = await start(opened.store);
    const longer = await sign(TWO, 2, 2 * HOUR_MS);
    await put(server, await sign(TWO, 2));
    expect(await put(server, longer)).toBe("204");
    expect(await put(server, await sign(TWO, 2))).toBe("204");
    expect((await opened.store.get(toNameKey(key)))?.bytes).toEqual(longer);
  });

  test("keeps nothing that is not a valid record of the name", async () => {
    await using opened = await open();
    await using server = await start(opened.store);
    const cases: [Uint8Array<ArrayBuffer>, string][] = [
      [await sign(ONE, 1, HOUR_MS, other), "400 This is a record that this key has not signed"],
      [await sign(ONE, 1, -HOUR_MS), "400 This is a record that has expired"],
      [await sign(path, 1), "400 This is a record that leads to no image by its CID"],
      [new Uint8Array(100).fill(7), "400 This is something other than a record"],
      [new Uint8Array(10 * 1024 + 1), "413 A record has at most 10 KiB"],
      [new Uint8Array(2 ** 20), "413 A record has at most 10 KiB"],
    ];
    for (const [record, refusal] of cases) expect(await put(server, record)).toBe(refusal);
    expect(await read(server)).toBe("404 This node has no record of this name");
  });

  test("gives no record that has expired, and still takes none that is older", async () => {
    await using opened = await open();
    await using server = await start(opened.store);
    const bytes = await sign(TWO, 5, -HOUR_MS);
    const record = { bytes, sequence: 5n, cid: CID.parse(TWO.slice(6)) };
    await opened.store.keep(toNameKey(key), record);
    expect(await read(server)).toBe("404 This node has only a record that has expired");
    expect(await put(server, await sign(ONE, 4))).toMatch(/^409/);
    expect(await put(server, await sign(ONE, 6))).toBe("204");
  });
});

test("createNameHandler() says what is wrong with a request", async () => {
  await using server = await start(createMemoryNames());
  const cases: [string, RequestInit, RegExp][] = [
    [path, { method: "POST" }, /^405 Names are read with GET or HEAD/],
    [path, {}, /^406 This gateway gives records/],
    [`${path}?format=car`, { headers: { accept: RECORD_TYPE } }, /^406/],
    [`${path}/bin/tool.wasm?format=ipns-record`, {}, /^400 Only a name has a record/],
    ["/ipns/example.org?format=ipns-record", {}, /^400 Names of DNS are not resolved/],
    [path, { method: "OPTIONS" }, /^204 $/],
  ];
  for (const [url, init, expected] of cases) {
    const response = await fetch(server.origin + url, init);
    expect(`${response.status} ${await response.text()}`).toMatch(expected);
  }
});

test("openNameFiles() keeps records for the next start, and no more than it may", async () => {
  await using folder = await makeFolder({});
  const names = join(folder.path, "names");
  const record = await openRecord(toNameKey(key), await sign(ONE, 3));
  await (await openNameFiles(names, 1)).keep(toNameKey(key), record);
  const again = await openNameFiles(names, 1);
  expect(await again.get(toNameKey(key))).toEqual(record);
  const second = await openRecord(toNameKey(other), await sign(ONE, 3, HOUR_MS, other));
  await expect(again.keep(toNameKey(other), second)).rejects.toMatchObject({ kind: "overloaded" });
  await using server = await start(again);
  const url = `${server.origin}/ipns/${toNameKey(other).toString(base36)}`;
  const full = await fetch(url, { method: "PUT", body: second.bytes.slice() });
  expect(full.status).toBe(507);
  const [file, ...others] = await readdir(names);
  expect(others).toEqual([]);
  const whole = join(names, file ?? "");
  expect((await stat(whole)).mode & 0o777).toBe(0o600);
  await writeFile(whole, "nonsense");
  await expect(again.get(toNameKey(key))).rejects.toThrow(/is not a record of a name; remove it$/);
});
