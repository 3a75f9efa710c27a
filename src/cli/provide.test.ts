import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { openContent, startNode } from "#net";
import { MemoryBlockstore } from "blockstore-core";
import { MemoryDatastore } from "datastore-core";
import { CID } from "multiformats/cid";
import { expect, test, vi } from "vitest";
import { makeFolder } from "./folder.testing.ts";
import { startLocalNode } from "./local-node.ts";
import { main } from "./main.ts";

vi.setConfig({ testTimeout: 40_000 });

const OTHER = "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";
const LISTEN = ["/ip4/127.0.0.1/tcp/0"];

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function ww(...args: readonly string[]): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const signal = AbortSignal.timeout(20_000);
  const code = await main(args, { stdin, stdout, stderr, signal });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

test("ww provide has a node say that it has an image, which tabs of another node find there", async () => {
  await using image = await makeFolder({ "bin/main.wasm": "component", "etc/motd": "hello" });
  await using first = await startLocalNode({
    port: 0,
    images: [image.path],
    mesh: { listen: LISTEN },
  });
  const address = first.addresses().find((each) => /\/tcp\/\d+\/p2p\//.test(each)) ?? "";
  await using second = await startLocalNode({ port: 0, images: [], mesh: { peers: [address] } });
  const [path = ""] = first.images.map((each) => each.path);
  const cid = path.replace("/ipfs/", "");
  const asked = `${second.url}routing/v1/providers/${cid}`;
  const countPeers = async (): Promise<string> =>
    /^ww_peers (\d+)$/m.exec(await (await fetch(`${second.url}metrics`)).text())?.[1] ?? "";
  await expect.poll(countPeers).toBe("1");
  expect((await fetch(asked)).status).toBe(404);

  const refused = await ww("provide", cid, "--node", second.url);
  expect(refused).toEqual({
    code: 1,
    out: "",
    err: `ww: Cannot provide "${cid}": node ${second.url} answers: This node does not have "${cid}": serve it first\n`,
  });
  const ran = await ww("provide", path, "--node", first.url);
  expect(ran).toEqual({ code: 0, out: `${first.url} provides /ipfs/${cid}\n`, err: "" });
  const found: unknown = await (await fetch(asked)).json();
  const id = address.split("/p2p/")[1] ?? "";
  expect(found).toMatchObject({ Providers: [{ Schema: "peer", ID: id }] });

  // A tab behind the other node finds the image by that node's routing server, without any gateway.
  await using tab = await startNode({ datastore: new MemoryDatastore(), relays: [second.relay] });
  await using content = await openContent({
    blockstore: new MemoryBlockstore(),
    gateways: [],
    routers: [second.url],
    fetch,
    foundPeers: tab.foundPeers,
  });
  const signal = AbortSignal.timeout(20_000);
  while (tab.addrs().length === 0) await tab.changed({ signal });
  await content.fetchLayer(CID.parse(cid), { signal });
  expect(await content.find(CID.parse(cid))).toBeDefined();
});

test("ww provide says what is wrong", async () => {
  const cases: [readonly string[], number, RegExp][] = [
    [[], 2, /^ww: ww provide takes one CID/],
    [["nonsense"], 2, /Not a CID/],
    [[`/ipfs/${OTHER}/bin/tool.wasm`], 2, /Only a CID is provided/],
    [[OTHER, "--node", "ftp://x"], 2, /Not the address of a node: "ftp:\/\/x"/],
    [[OTHER, "--node", "http://127.0.0.1:9/"], 1, /node http:\/\/127.0.0.1:9\/ cannot be reached/],
  ];
  for (const [args, code, message] of cases) {
    const ran = await ww("provide", ...args);
    expect([ran.code, ran.out]).toEqual([code, ""]);
    expect(ran.err).toMatch(message);
  }
});
