import { createDuplexPair, readAll } from "#base";
import type { Duplex } from "#base";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { describe, expect, test, vi } from "vitest";
import { openBitswap } from "./bitswap.ts";
import { openContent } from "./content.ts";
import type { Content, ContentOptions } from "./content.ts";
import { answerFrom, makeCar, makeImage, startServer } from "./http.testing.ts";
import { MemoryPeers } from "./memory-peers.testing.ts";
import { openPair } from "./pair.testing.ts";
import type { SharedBlocks } from "./peer-blocks.ts";

vi.setConfig({ testTimeout: 30_000 });

const image = await makeImage();
const car = await makeCar(image.root, image.blocks);
const PEER = "/ip4/127.0.0.1/tcp/9/ws/p2p/12D3KooWPeer";

const shared: SharedBlocks = {
  readDag: async (root) => (root.equals(image.root) ? pieces(car) : undefined),
  readBlock: async (cid) => image.blocks.get(cid.toString()),
  hasBlock: async (cid) => image.blocks.has(cid.toString()),
};

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
}

interface Served extends AsyncDisposable {
  readonly peersAt: NonNullable<ContentOptions["peersAt"]>;
  readonly dial: () => Promise<Duplex>;
}

/** A peer in memory, and a tab that asks it. */
async function serveHere(blocks: Partial<SharedBlocks>): Promise<Served> {
  const peers = new MemoryPeers();
  await using stack = new AsyncDisposableStack();
  const bitswap = stack.use(await openBitswap(peers.join("12D3KooWPeer")));
  stack.use(await bitswap.share({ ...shared, ...blocks }));
  const peersAt = stack.use(await peers.openAccess("tab"));
  const owned = stack.move();
  return {
    peersAt,
    dial: () => peersAt.dial(PEER, "/ww/0.1.0/blocks", {}),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A peer that says nothing. */
const silent: ContentOptions["peersAt"] = {
  dial: async () => createDuplexPair(1024)[0],
  want: () => Promise.reject(new Error("no DAG has come")),
};

function open(
  peersAt: ContentOptions["peersAt"],
  gateways: readonly string[] = [],
  stallMs = 4000,
): Promise<Content> {
  return openContent({ blockstore: new MemoryBlockstore(), gateways, fetch, peersAt, stallMs });
}

async function ask(dial: Served["dial"], request: Uint8Array): Promise<Uint8Array> {
  using duplex = await dial();
  await duplex.sink.write(request).catch(() => undefined); // the peer may already have refused
  duplex.sink.close();
  return await readAll(duplex.source, 10_000_000);
}

test("fetchLayer() has an image that no gateway has from a peer, over a real connection", async () => {
  await using pair = await openPair();
  const { server, client } = pair;
  await using serving = await server.share(shared);
  const [address] = server.addrs();
  const peer = `${address?.text ?? ""}/p2p/${server.peerId.text}`;
  await using content = await open(client.peersAt);
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
    await using content = await open(liar.peersAt, [server.url]);
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
    await using content = await open(liar.peersAt);
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
    await using content = await open(peer.peersAt, [server.url]);
    const root = image.root.toString();
    await expect(content.fetchLayer(image.root, { peers: [PEER] })).rejects.toThrow(
      `Cannot fetch "${root}": peer 12D3KooWPeer has no block "${root}", gateway ${server.url} has no block "${root}"; check the CID, or configure a gateway that has it`,
    );
  });

  test("asks a gateway beside a peer that says nothing", async () => {
    await using server = await startServer(answerFrom(image));
    await using content = await open(silent, [server.url]);
    await content.fetchLayer(image.root, { peers: [PEER] });
    expect(server.requests.length).toBe(1);
  });

  test("asks others for single blocks beside a peer that says nothing", async () => {
    await using liar = await serveHere({
      readDag: async () => pieces(car.subarray(0, car.length - 100_000)),
      readBlock: async () => new Promise(() => undefined),
    });
    await using server = await startServer(answerFrom(image, { car: false }));
    await using content = await open(liar.peersAt, [server.url], 60_000);
    await content.fetchLayer(image.root, { peers: [PEER] });
    for (const [cid, bytes] of image.blocks) {
      expect(await content.get(CID.parse(cid))).toEqual(bytes);
    }
  });

  test("says within the stall time that nobody answers", async () => {
    await using server = await startServer(() => undefined);
    await using content = await open(silent, [server.url]);
    await expect(content.fetchLayer(image.root, { peers: [PEER, `${PEER}2`] })).rejects.toThrow(
      `peer 12D3KooWPeer accepted the request and sent nothing for 4 s`,
    );
  });

  test("has the blocks of a peer that speaks bitswap alone, and names it where that lies", async () => {
    for (const isLiar of [false, true]) {
      const peers = new MemoryPeers();
      await using bitswap = await openBitswap(peers.join("12D3KooWPeer"));
      const [, , leaf = ""] = [...image.blocks.keys()];
      await using serving = await bitswap.share({
        ...shared,
        readBlock: async (cid) =>
          isLiar && cid.toString() === leaf ? new Uint8Array(1000) : shared.readBlock(cid, {}),
      });
      peers.forget("12D3KooWPeer", "/ww/0.1.0/blocks");
      await using peersAt = await peers.openAccess("tab");
      await using content = await open(peersAt);
      const fetching = content.fetchLayer(image.root, { peers: [PEER] });
      if (isLiar) {
        await expect(fetching).rejects.toThrow(
          /^Cannot fetch "\w+": peer 12D3KooWPeer sent bytes for block "\w+" that do not match its hash; nothing of it was used/,
        );
      } else {
        await fetching;
        for (const [cid, bytes] of image.blocks) {
          expect(await content.find(CID.parse(cid))).toEqual(bytes);
        }
      }
      expect(serving).toBeDefined();
    }
  });

  test("takes a block from another peer than one that lies, by bitswap", async () => {
    const peers = new MemoryPeers();
    await using stack = new AsyncDisposableStack();
    const asked: string[] = [];
    for (const name of ["liar", "12D3KooWPeer"]) {
      const bitswap = stack.use(await openBitswap(peers.join(name)));
      const serving = await bitswap.share({
        ...shared,
        async readBlock(cid) {
          asked.push(name);
          return name === "liar" ? new Uint8Array(1000) : shared.readBlock(cid, {});
        },
      });
      stack.use(serving);
      peers.forget(name, "/ww/0.1.0/blocks");
    }
    const peersAt = stack.use(await peers.openAccess("tab"));
    await using content = await open(peersAt);
    await content.fetchLayer(image.root, { peers: ["/p2p/liar", PEER] });
    for (const [cid, bytes] of image.blocks) {
      expect(await content.find(CID.parse(cid))).toEqual(bytes);
    }
    // A peer that has lied is not asked while another one has the block.
    expect(asked.filter((name) => name === "liar")).toHaveLength(1);
  });

  test("has single blocks of the peer after the layer was fetched", async () => {
    await using peer = await serveHere({});
    const blockstore = new MemoryBlockstore();
    const options = { blockstore, gateways: [], fetch, peersAt: peer.peersAt };
    await using content = await openContent(options);
    await content.fetchLayer(image.root, { peers: [PEER] });
    await content.get(image.root);
    for (const cid of image.blocks.keys()) await blockstore.delete(CID.parse(cid));
    const [, , leaf = ""] = [...image.blocks.keys()];
    expect(await content.get(CID.parse(leaf))).toEqual(image.blocks.get(leaf));
  });
});

describe("serveDags()", () => {
  test("answers what is no request, or not shared, with one byte", async () => {
    await using peer = await serveHere({});
    const root = image.root.bytes;
    for (const request of [[], [0], [0, 1, 2, 3], [1, ...root], [7, ...root]]) {
      expect([...(await ask(peer.dial, Uint8Array.from(request)))]).toEqual([1]);
    }
    expect((await ask(peer.dial, Uint8Array.of(0, ...root))).length).toBe(car.length + 1);
  });

  test("cuts a request without an end", async () => {
    await using peer = await serveHere({});
    using duplex = await peer.dial();
    await duplex.sink.write(new Uint8Array(300));
    await expect(readAll(duplex.source, 10)).rejects.toThrow("Stream was cut before its end");
  });

  test("answers eight requests of a peer at a time", async () => {
    await using peer = await serveHere({});
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
