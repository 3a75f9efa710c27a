import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createNotice, Exception, SILENT } from "#base";
import { RECORD_TYPE, toNameKey, toPath } from "#net";
import type { NetNode } from "#net";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { createIPNSRecord, marshalIPNSRecord } from "ipns";
import { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { createPageNames } from "./names.ts";
import type { PageNames } from "./names.ts";

const ONE = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
const TWO = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const HOUR_MS = 3_600_000;

interface Bench extends AsyncDisposable {
  readonly names: PageNames;
  /** Makes the only gateway serve a record that leads to the CID. */
  publish(cid: string, sequence: number): Promise<void>;
  /** Hints that the name has changed. */
  readonly tell: () => void;
  readonly key: CID;
}

/** Names of a page without storage, whose node finds no record. */
async function open(namePollMs = HOUR_MS): Promise<Bench> {
  const privateKey = await generateKeyPair("Ed25519");
  let record: Uint8Array | undefined;
  const server = createServer((_, response) => {
    if (record === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": RECORD_TYPE }).end(record);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const hints = createNotice();
  const nothing = new Exception("disconnected", "No node here");
  const node: Partial<NetNode> = {
    names: {
      label: "the hash table",
      fetchRecord: async () => "the hash table has no record",
      putRecord: () => Promise.reject(nothing),
    },
    watchName: async () => hints,
  };
  const names = createPageNames({
    config: async () => ({
      gateways: [`http://127.0.0.1:${port}/`],
      routers: [],
      stallMs: undefined,
      namePollMs,
    }),
    fetch,
    logger: SILENT,
    net: async () => node as NetNode,
    running: async () => undefined,
  });
  return {
    names,
    async publish(cid, sequence) {
      const value = `/ipfs/${cid}`;
      record = marshalIPNSRecord(await createIPNSRecord(privateKey, value, sequence, HOUR_MS));
    },
    tell: () => hints.notify(),
    key: toNameKey(privateKey),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("findImage() gives layers by their CIDs, and follows the last one's name when it is told", async () => {
  await using bench = await open();
  const path = toPath(bench.key);
  await bench.publish(ONE, 1);
  const found = await bench.names.findImage([`/ipfs/${TWO}`, `${path}/bin/tool.wasm`]);
  expect(found.layers).toEqual([`/ipfs/${TWO}`, `/ipfs/${ONE}/bin/tool.wasm`]);
  const stop = new AbortController();
  const heads: string[] = [];
  found.follow(async (head) => void heads.push(head), stop.signal);
  await bench.publish(TWO, 2);
  await expect
    .poll(() => {
      bench.tell();
      return heads;
    })
    .toEqual([`/ipfs/${TWO}/bin/tool.wasm`]);
  stop.abort();

  const lasting = await bench.names.findImage([path, `/ipfs/${ONE}`]);
  expect(lasting.layers).toEqual([`/ipfs/${TWO}`, `/ipfs/${ONE}`]);
  // The name is not that of the last layer, so it is not followed.
  lasting.follow(() => Promise.reject(new Error("nothing to tell")), new AbortController().signal);
  await expect(bench.names.findImage(["/ipns/example.org"])).rejects.toThrow("Names of DNS");
});

test("resolveForeign() goes back behind nothing that the visitor has opened, and keeps its own apart", async () => {
  await using bench = await open();
  const { names, key } = bench;
  const look = async (who: "resolve" | "resolveForeign"): Promise<string> =>
    (await names[who](key)).cid.toString();
  await bench.publish(TWO, 5);
  // The cell looks first: the newest record it has seen binds lookups of cells only.
  expect(await look("resolveForeign")).toBe(TWO);
  await bench.publish(ONE, 4);
  expect(await look("resolveForeign")).toBe(TWO);
  expect(await look("resolve")).toBe(ONE);
  // A record that the visitor's lookups have stored binds both, as do records that cells then see for that name.
  await bench.publish(ONE, 3);
  expect((await names.resolveForeign(key)).sequence).toBe(5n);
  expect((await names.resolve(key)).sequence).toBe(4n);
  await bench.publish(TWO, 6);
  expect(await look("resolveForeign")).toBe(TWO);
  await bench.publish(ONE, 5);
  expect(await look("resolve")).toBe(TWO);
});
