import { Exception } from "#base";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { base36 } from "multiformats/bases/base36";
import { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { startServer } from "./http.testing.ts";
import type { TestServer } from "./http.testing.ts";
import { createRecord, openRecord, toNameKey } from "./name-record.ts";
import { createNameServer, RECORD_TYPE } from "./name-server.ts";
import { createMemoryNames } from "./name-store.ts";
import type { NameStore } from "./name-store.ts";
import { createNames } from "./names.ts";
import type { Names } from "./names.ts";

const ONE = CID.parse("bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
const TWO = CID.parse("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi");
const HOUR_MS = 3_600_000;

interface NameHost extends TestServer {
  /** The answer to every request for a record. */
  record: Uint8Array | undefined;
  /** Records that were sent to it. */
  readonly taken: Uint8Array[];
}

/** A gateway that serves the record set by the test, and accepts every record. */
async function startHost(record?: Uint8Array): Promise<NameHost> {
  const taken: Uint8Array[] = [];
  const server = await startServer((path, response, request) => {
    if (request.method === "PUT") {
      const parts: Uint8Array[] = [];
      request.on("data", (part: Uint8Array) => parts.push(part));
      request.on("end", () => {
        host.record = Uint8Array.from(Buffer.concat(parts));
        taken.push(host.record);
        response.writeHead(204).end();
      });
    } else if (host.record === undefined || !path.startsWith("/ipns/k51")) {
      response.writeHead(404).end();
    } else {
      response.writeHead(200, { "content-type": RECORD_TYPE }).end(host.record);
    }
  });
  const host: NameHost = Object.assign(server, { record, taken });
  return host;
}

function open(
  hosts: readonly TestServer[],
  store: NameStore = createMemoryNames(),
  limitMs = 5_000,
): Names {
  const servers = hosts.map(({ url }) => createNameServer(url, "ipns/", fetch, 2_000));
  return createNames({ store, sources: servers, sinks: servers, limitMs });
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const reason = await promise.catch((reason: unknown) => reason);
  expect(reason).toBeInstanceOf(Exception);
  return (reason as Exception).message;
}

const key = await generateKeyPair("Ed25519");
const other = await generateKeyPair("Ed25519");
const name = toNameKey(key);
const text = name.toString(base36);

test("resolve() gives the CID of a record that the key has signed", async () => {
  const { bytes } = await createRecord(key, ONE, 3n, HOUR_MS);
  await using host = await startHost(bytes);
  const found = await open([host]).resolve(name);
  expect(found.cid.toString()).toBe(ONE.toString());
  expect(found.sequence).toBe(3n);
  expect(host.requests).toEqual([`/ipns/${text}?format=ipns-record`]);
});

test("resolve() gives what it has found also where the store has no room for the name", async () => {
  const { bytes } = await createRecord(key, ONE, 3n, HOUR_MS);
  await using host = await startHost(bytes);
  const full: NameStore = {
    get: async () => undefined,
    keep: () => Promise.reject(new Exception("overloaded", "there are too many names")),
  };
  expect((await open([host], full).resolve(name)).cid.toString()).toBe(ONE.toString());
  const broken = { ...full, keep: () => Promise.reject(new Exception("failed", "the disk fails")) };
  await expect(open([host], broken).resolve(name)).rejects.toThrow("the disk fails");
});

const lies: [string, () => Promise<Uint8Array>, string][] = [
  [
    "the record of another key",
    async () => (await createRecord(other, ONE, 1n, HOUR_MS)).bytes,
    "sent a record that this key has not signed",
  ],
  [
    "an expired record",
    async () => (await createRecord(key, ONE, 1n, -HOUR_MS)).bytes,
    "sent a record that has expired",
  ],
  [
    "a record with a changed byte",
    async () => {
      const { bytes } = await createRecord(key, ONE, 1n, HOUR_MS);
      const at = bytes.findIndex(
        (_, at) => String.fromCharCode(...bytes.slice(at, at + 6)) === "/ipfs/",
      );
      return bytes.with(at + 12, (bytes[at + 12] ?? 0) ^ 1);
    },
    "sent a record that this key has not signed",
  ],
  ["garbage", async () => Uint8Array.from("garbage", Number), "sent something other than a record"],
  ["nothing", async () => new Uint8Array(), "sent a record that this key has not signed"],
  ["a megabyte", async () => new Uint8Array(2 ** 20), "sent a record larger than 10 KiB"],
];
for (const [what, make, found] of lies) {
  test(`resolve() refuses ${what}, in words`, async () => {
    await using host = await startHost(await make());
    const store = createMemoryNames();
    expect(await failureOf(open([host], store).resolve(name))).toBe(
      `Cannot resolve "/ipns/${text}": gateway ${host.url} ${found}`,
    );
    expect(await store.get(name)).toBeUndefined();
  });
}

test("resolve() reads no more of an endless answer than a record may be", async () => {
  let ended = 0;
  await using host = await startServer((_, response) => {
    response.writeHead(200, { "content-type": RECORD_TYPE });
    const send = (): void => {
      while (!response.destroyed && response.write(new Uint8Array(4096)));
    };
    response.on("drain", send).on("close", () => ended++);
    send();
  });
  const failure = await failureOf(open([host]).resolve(name));
  expect(failure).toContain(`gateway ${host.url} sent a record larger than 10 KiB`);
  await expect.poll(() => ended).toBe(1);
});

test("resolve() takes the newest of several gateways, whatever the others say", async () => {
  await using liar = await startHost((await createRecord(other, ONE, 9n, HOUR_MS)).bytes);
  await using old = await startHost((await createRecord(key, ONE, 1n, HOUR_MS)).bytes);
  await using current = await startHost((await createRecord(key, TWO, 2n, HOUR_MS)).bytes);
  await using none = await startHost();
  const found = await open([liar, old, current, none]).resolve(name);
  expect(found.cid.toString()).toBe(TWO.toString());
  expect(found.refusals.toSorted()).toEqual(
    [
      `gateway ${liar.url} sent a record that this key has not signed`,
      `gateway ${none.url} has no record`,
    ].toSorted(),
  );
});

test("resolve() never goes back to an older record", async () => {
  const store = createMemoryNames();
  const before = await createRecord(key, ONE, 4n, HOUR_MS);
  await using host = await startHost((await createRecord(key, TWO, 5n, HOUR_MS)).bytes);
  const names = open([host], store);
  await names.resolve(name);
  host.record = before.bytes;
  const found = await names.resolve(name);
  expect(found.cid.toString()).toBe(TWO.toString());
  const refusal = `gateway ${host.url} sent record 4, which is older than record 5 seen before`;
  expect(found.refusals).toEqual([refusal]);
  // The same on the next visit; and among records of the same sequence, the first one counts.
  host.record = (await createRecord(key, ONE, 5n, 2 * HOUR_MS)).bytes;
  expect((await open([host], store).resolve(name)).cid.toString()).toBe(TWO.toString());
  // An expired record is not returned, but still keeps older ones out.
  const expired = createMemoryNames();
  await expired.keep(name, await createRecord(key, TWO, 5n, -HOUR_MS));
  host.record = before.bytes;
  const failure = await failureOf(open([host], expired).resolve(name));
  expect(failure).toContain(`${refusal}, this node knows a record that has expired`);
});

test("resolve() goes on with what was seen before while no server is there", async () => {
  const store = createMemoryNames();
  const host = await startHost((await createRecord(key, ONE, 1n, HOUR_MS)).bytes);
  const names = open([host], store);
  await names.resolve(name);
  await host[Symbol.asyncDispose]();
  const found = await names.resolve(name);
  expect(found.cid.toString()).toBe(ONE.toString());
  expect(found.refusals).toEqual([`gateway ${host.url} cannot be reached`]);
  const failure = await failureOf(names.resolve(toNameKey(other)));
  expect(failure).toMatch(/^Cannot resolve "\/ipns\/k51\w+": gateway \S+ cannot be reached$/);
  expect(await failureOf(open([]).resolve(name))).toMatch(/: there is no server to ask$/);
});

test("resolve() waits no longer than its limit, and ends with its signal", async () => {
  await using silent = await startServer(() => undefined);
  await using host = await startHost((await createRecord(key, ONE, 1n, HOUR_MS)).bytes);
  const found = await open([silent, host], undefined, 300).resolve(name);
  expect(found.cid.toString()).toBe(ONE.toString());
  expect(found.refusals).toEqual([`gateway ${silent.url}: it has not answered in time`]);
  expect(await failureOf(open([silent], undefined, 50).resolve(name))).toContain("in time");
  const stop = new AbortController();
  const waiting = open([silent]).resolve(name, { signal: stop.signal });
  await expect.poll(() => silent.requests.length).toBe(3);
  stop.abort(new Error("left"));
  await expect(waiting).rejects.toThrow("left");
});

test("publish() signs the next record, and only if the name leads where it is expected to", async () => {
  await using host = await startHost();
  const names = open([host]);
  expect(await failureOf(names.publish(key, TWO, { expected: ONE }))).toContain("has no record");
  await names.publish(key, ONE);
  const failure = await failureOf(names.publish(key, ONE, { expected: TWO }));
  expect(failure).toBe(
    `Cannot publish "/ipns/${text}": it leads to "/ipfs/${ONE.toString()}", not to "/ipfs/${TWO.toString()}"`,
  );
  await names.publish(key, TWO, { expected: ONE });
  // Another computer with the same key continues the sequence; two publications at once get two numbers.
  const elsewhere = open([host]);
  await Promise.all([elsewhere.publish(key, ONE), elsewhere.publish(key, TWO)]);
  const records = await Promise.all(host.taken.map((bytes) => openRecord(name, bytes)));
  expect(records.map(({ sequence, cid }) => [sequence, cid.equals(ONE)])).toEqual([
    [1n, true],
    [2n, false],
    [3n, true],
    [4n, false],
  ]);
});

test("publish() says why nobody takes the record, and forgets it then", async () => {
  await using host = await startServer((_, response, { method }) => {
    if (method !== "PUT") return response.writeHead(404).end();
    response.writeHead(409, { "content-type": "text/plain; charset=utf-8" });
    return response.end(`Not here\n\u001b[2J${"x".repeat(100_000)}`);
  });
  const store = createMemoryNames();
  const failure = await failureOf(open([host], store).publish(key, ONE));
  const start = `Cannot publish "/ipns/${text}": gateway ${host.url} refuses it with status 409: Not here [2Jx`;
  expect(failure.slice(0, start.length)).toBe(start);
  expect(failure.length).toBeLessThan(600);
  expect(await store.get(name)).toBeUndefined();
  expect(await failureOf(open([]).publish(key, ONE))).toMatch(
    /there is no server to publish it to$/,
  );
});

test("createMemoryNames() keeps as many names as it may", async () => {
  const store = createMemoryNames(1);
  const record = await createRecord(key, ONE, 1n, HOUR_MS);
  await store.keep(name, record);
  await store.keep(toNameKey(other), await createRecord(other, ONE, 1n, HOUR_MS));
  expect(await store.get(name)).toBeUndefined();
  expect((await store.get(toNameKey(other)))?.sequence).toBe(1n);
});
