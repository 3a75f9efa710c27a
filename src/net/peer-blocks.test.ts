import { createDuplexPair, readAll } from "#base";
import type { Duplex } from "#base";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { describe, expect, test, vi } from "vitest";
import { openContent } from "./content.ts";
import type { Content, ContentOptions } from "./content.ts";
import { answerFrom, makeCar, makeImage, startServer } from "./http.testing.ts";
import { openPair } from "./pair.testing.ts";
import { serveBlocks } from "./peer-blocks.ts";
import type { SharedBlocks } from "./peer-blocks.ts";

vi.setConfig({ testTimeout: 30_000 });

const image = await makeImage();
const car = await makeCar(image.root, image.blocks);
const PEER = "/ip4/127.0.0.1/tcp/9/ws/p2p/12D3KooWPeer";

const shared: SharedBlocks = {
  readDag: async (root) => (root.equals(image.root) ? pieces(car) : undefined),
  readBlock: async (cid) => image.blocks.get(cid.toString()),
};

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
}

interface Served extends AsyncDisposable {
  readonly dial: () => Promise<Duplex>;
}

/** A peer in memory. */
async function serveHere(blocks: SharedBlocks): Promise<Served> {
  let take: ((duplex: Duplex, peerId: Uint8Array) => void) | undefined;
  const serving = await serveBlocks(async (_protocol, taker) => {
    take = taker;
    return { [Symbol.asyncDispose]: async () => void (take = undefined) };
  }, blocks);
  return {
    async dial() {
      const [near, far] = createDuplexPair(64 * 1024);
      take?.(far, Uint8Array.of(1));
      return near;
    },
    [Symbol.asyncDispose]: () => serving[Symbol.asyncDispose](),
  };
}

/** A peer that says nothing. */
async function dialSilence(): Promise<Duplex> {
  return createDuplexPair(1024)[0];
}

function open(
  dialPeer: NonNullable<ContentOptions["dialPeer"]>,
  gateways: readonly string[] = [],
): Promise<Content> {
  return openContent({
    blockstore: new MemoryBlockstore(),
    gateways,
    fetch,
    dialPeer,
    stallMs: 4000,
  });
}

async function ask(dial: Served["dial"], request: Uint8Array): Promise<Uint8Array> {
  using duplex = await dial();
  await duplex.sink.write(request).catch(() => undefined); // it is refused already
  duplex.sink.close();
  return await readAll(duplex.source, 10_000_000);
}

test("fetchLayer() has an image that no gateway has from a peer, over a real connection", async () => {
  await using pair = await openPair();
  const { server, client } = pair;
  await using serving = await serveBlocks((...args) => server.serveStreams(...args), shared);
  const [address] = server.addrs();
  const peer = `${address?.text ?? ""}/p2p/${server.peerId.text}`;
  await using content = await open((...args) => client.dialAt(...args));
  await content.fetchLayer(image.root, { peers: [peer] });
  for (const [cid, bytes] of image.blocks) {
    expect(await content.get(CID.parse(cid))).toEqual(bytes);
  }
  expect(serving).toBeDefined();
});

describe("fetchLayer() with a peer", () => {
  test("takes another provider than one that lies", async () => {
    const wrong = car.slice();
    wrong[wrong.length - 10] = (wrong[wrong.length - 10] ?? 0) ^ 1;
    await using liar = await serveHere({
      readDag: async () => pieces(wrong),
      readBlock: async () => new Uint8Array(10),
    });
    await using server = await startServer(answerFrom(image));
    await using content = await open(liar.dial, [server.url]);
    await content.fetchLayer(image.root, { peers: [PEER] });
    expect(server.requests.length).toBe(1);
  });

  test("names a peer that lies when there is no other", async () => {
    const wrong = new Map(image.blocks);
    const [, , leaf = ""] = [...wrong.keys()];
    wrong.set(leaf, new Uint8Array(1000));
    const lies = await makeCar(image.root, wrong);
    await using liar = await serveHere({
      readDag: async () => pieces(lies),
      readBlock: async (cid) => wrong.get(cid.toString()),
    });
    await using content = await open(liar.dial);
    await expect(content.fetchLayer(image.root, { peers: [PEER] })).rejects.toThrow(
      `Cannot fetch "${leaf}": peer 12D3KooWPeer sent bytes for block "${leaf}" that do not match its hash; nothing of it was used; ask somebody else for a link`,
    );
  });

  test("names all that have been asked when nobody has it", async () => {
    await using peer = await serveHere({
      readDag: async () => undefined,
      readBlock: async () => undefined,
    });
    await using server = await startServer((_path, response) => response.writeHead(404).end());
    await using content = await open(peer.dial, [server.url]);
    const root = image.root.toString();
    await expect(content.fetchLayer(image.root, { peers: [PEER] })).rejects.toThrow(
      `Cannot fetch "${root}": peer 12D3KooWPeer has no block "${root}", gateway ${server.url} has no block "${root}"; check the CID, or configure a gateway that has it`,
    );
  });

  test("asks a gateway beside a peer that says nothing", async () => {
    await using server = await startServer(answerFrom(image));
    await using content = await open(dialSilence, [server.url]);
    await content.fetchLayer(image.root, { peers: [PEER] });
    expect(server.requests.length).toBe(1);
  });

  test("asks others for single blocks beside a peer that says nothing", async () => {
    await using liar = await serveHere({
      readDag: async () => pieces(car.subarray(0, car.length - 100_000)),
      readBlock: async () => new Promise(() => undefined),
    });
    await using server = await startServer(answerFrom(image, { car: false }));
    await using content = await openContent({
      blockstore: new MemoryBlockstore(),
      gateways: [server.url],
      fetch,
      dialPeer: liar.dial,
      stallMs: 60_000,
    });
    await content.fetchLayer(image.root, { peers: [PEER] });
    for (const [cid, bytes] of image.blocks) {
      expect(await content.get(CID.parse(cid))).toEqual(bytes);
    }
  });

  test("says within the stall time that nobody answers", async () => {
    await using server = await startServer(() => undefined);
    await using content = await open(dialSilence, [server.url]);
    await expect(content.fetchLayer(image.root, { peers: [PEER, `${PEER}2`] })).rejects.toThrow(
      `peer 12D3KooWPeer accepted the request and sent nothing for 4 s`,
    );
  });

  test("has single blocks of the peer after the layer was fetched", async () => {
    await using peer = await serveHere(shared);
    const blockstore = new MemoryBlockstore();
    const options = { blockstore, gateways: [], fetch, dialPeer: peer.dial };
    await using content = await openContent(options);
    await content.fetchLayer(image.root, { peers: [PEER] });
    await content.get(image.root);
    for (const cid of image.blocks.keys()) await blockstore.delete(CID.parse(cid));
    const [, , leaf = ""] = [...image.blocks.keys()];
    expect(await content.get(CID.parse(leaf))).toEqual(image.blocks.get(leaf));
  });
});

describe("serveBlocks()", () => {
  test("answers what is no request, or not shared, with one byte", async () => {
    await using peer = await serveHere({ ...shared, readBlock: async () => undefined });
    const root = image.root.bytes;
    for (const request of [[], [0], [0, 1, 2, 3], [7, ...root], [1, ...root]]) {
      expect([...(await ask(peer.dial, Uint8Array.from(request)))]).toEqual([1]);
    }
    expect((await ask(peer.dial, Uint8Array.of(0, ...root))).length).toBe(car.length + 1);
  });

  test("cuts a request without an end", async () => {
    await using peer = await serveHere(shared);
    using duplex = await peer.dial();
    await duplex.sink.write(new Uint8Array(300));
    await expect(readAll(duplex.source, 10)).rejects.toThrow("Stream was cut before its end");
  });

  test("answers eight requests of a peer at a time", async () => {
    await using peer = await serveHere(shared);
    const request = Uint8Array.of(0, ...image.root.bytes);
    const held: Duplex[] = [];
    for (let at = 0; at < 8; at++) {
      const duplex = await peer.dial();
      held.push(duplex);
      await duplex.sink.write(request.slice());
      duplex.sink.close();
    }
    expect([...(await ask(peer.dial, request.slice()))]).toEqual([2]);
    for (const duplex of held) expect((await readAll(duplex.source, 10_000_000))[0]).toBe(0);
    expect((await ask(peer.dial, request.slice()))[0]).toBe(0);
  });
});
