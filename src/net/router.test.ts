import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { expect, test } from "vitest";
import { openContent } from "./content.ts";
import type { Content, ContentOptions } from "./content.ts";
import { answerFrom, makeCar, makeImage, startServer } from "./http.testing.ts";
import type { TestImage, TestServer } from "./http.testing.ts";
import { MemoryPeers } from "./memory-peers.testing.ts";
import { serveDags } from "./peer-blocks.ts";
import { createRouter } from "./router.ts";

const image = await makeImage();
const ROOT = image.root.toString();
const PEER = "12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5";

interface Record {
  readonly Schema: string;
  readonly ID: string;
  readonly Addrs: readonly string[];
}

const peer = (...addresses: readonly string[]): Record => ({
  Schema: "peer",
  ID: PEER,
  Addrs: addresses,
});

const toHttp = ({ url }: TestServer): string => `/ip4/127.0.0.1/tcp/${new URL(url).port}/http`;

function startRouter(answer: unknown, status = 200): Promise<TestServer> {
  return startServer((_, response) => {
    const body = typeof answer === "string" ? answer : JSON.stringify({ Providers: answer });
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
}

/** Changes a byte of the image's last leaf. */
function alter(): TestImage {
  const blocks = new Map(image.blocks);
  const [last = ""] = [...blocks.keys()].slice(-1);
  const bytes = Uint8Array.from(blocks.get(last) ?? []);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  blocks.set(last, bytes);
  return { root: image.root, blocks };
}

function open(router: string, options: Partial<ContentOptions> = {}): Promise<Content> {
  const blockstore = new MemoryBlockstore();
  return openContent({ blockstore, gateways: [], routers: [router], fetch, ...options });
}

test("an image comes from a gateway that a router names, and blocks come from there again", async () => {
  await using gateway = await startServer(answerFrom(image));
  await using router = await startRouter([peer("/ip4/127.0.0.1/udp/1/quic-v1", toHttp(gateway))]);
  await using content = await open(router.url);
  await content.fetchLayer(image.root);
  expect(router.requests).toEqual([`/routing/v1/providers/${ROOT}`]);
  expect(gateway.requests).toEqual([`/ipfs/${ROOT}?format=car&dag-scope=all`]);

  await using other = await startServer(answerFrom(image, { car: false }));
  await using blockwise = await startRouter([peer(toHttp(other))]);
  await using second = await open(blockwise.url);
  await second.fetchLayer(image.root);
  expect(blockwise.requests.length).toBeLessThan(image.blocks.size);
});

test("what a gateway sends that a router names is checked, and the next one is asked", async () => {
  await using liar = await startServer(answerFrom(alter()));
  await using gateway = await startServer(answerFrom(image));
  await using router = await startRouter([peer(toHttp(liar)), peer(toHttp(gateway))]);
  await using content = await open(router.url);
  await content.fetchLayer(image.root);
  expect(liar.requests.length).toBeGreaterThan(0);
  for (const cid of image.blocks.keys()) {
    expect(await content.find(CID.parse(cid))).toEqual(image.blocks.get(cid));
  }
});

test("gateways of the configuration are asked first", async () => {
  await using gateway = await startServer(answerFrom(image));
  await using router = await startRouter([]);
  await using content = await open(router.url, { gateways: [gateway.url] });
  await content.fetchLayer(image.root);
  expect(router.requests).toEqual([]);
});

test("a peer that a router names is asked by its id", async () => {
  const peers = new MemoryPeers();
  const car = await makeCar(image.root, image.blocks);
  await using serving = await serveDags(peers.join(PEER).listen, {
    readDag: async () =>
      (async function* () {
        yield car;
      })(),
  });
  await using router = await startRouter([peer("/ip4/192.0.2.1/tcp/4001")]);
  await using foundPeers = await peers.openAccess("tab");
  await using content = await open(router.url, { foundPeers });
  await content.fetchLayer(image.root);
  expect(serving).toBeDefined();
  expect(peers.opened).toEqual([`tab ${PEER} /ww/0.1.0/blocks`]);
});

test.each([
  ["no record", [], 200, `knows no provider of "${ROOT}"`],
  ["nothing", "", 404, `knows no provider of "${ROOT}"`],
  ["a failure", "", 500, "has failed by itself (HTTP 500)"],
  ["no JSON", "<!doctype html>", 200, "sends no list of providers"],
  ["another form", '{"Providers": {}}', 200, "sends no list of providers"],
  ["a long list", `"${"x".repeat(1_100_000)}"`, 200, "sends a list larger than 1 MiB"],
  ["strange records", [1, null, {}, { ID: "?" }, peer("/dns4/x/http/y")], 200, "knows no provider"],
])(
  "a router that answers with %s is named, with what it has sent",
  async (_, answer, status, why) => {
    await using router = await startRouter(answer, status);
    await using content = await open(router.url);
    await expect(content.fetchLayer(image.root)).rejects.toThrow(
      `Cannot fetch "${ROOT}": router ${router.url} ${why}`,
    );
  },
);

test("a router that is elsewhere leads to public gateways with TLS alone", async () => {
  const url = "https://router.example/";
  const refused = [
    "/ip4/192.168.1.1/tcp/443/https",
    "/dns4/localhost/tcp/1/https",
    "/dns/nas/https",
  ];
  const named = [...refused, "/dns4/plain.example/tcp/80/http", "/dns4/gate.local/https"];
  await using router = await startRouter([
    ...named.map((address) => peer(address)),
    peer("/dns4/gateway.example/tcp/8443/tls/http"),
  ]);
  await using gateway = await startServer(answerFrom(image));
  const asked = new Set<string>();
  const provider = createRouter(url, {
    stallMs: 10_000,
    async fetch(address, init) {
      const { origin, pathname, search } = new URL(address);
      asked.add(origin);
      const { url: place } = origin === new URL(url).origin ? router : gateway;
      return fetch(new URL(pathname + search, place), init);
    },
  });
  const told = { onBlock: async () => undefined, onBytes: () => undefined };
  expect(await provider.fetchDag(image.root, told)).toBeUndefined();
  expect([...asked]).toEqual(["https://router.example", "https://gateway.example:8443"]);
});
