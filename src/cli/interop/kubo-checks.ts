/** Exchanges images between our nodes and Kubo: by bitswap in both directions, and by Kubo's gateway. */
import assert from "node:assert/strict";
import { createBlockSource, encodeCar, importTree, walkDag } from "#image";
import type { BlockSource } from "#image";
import { openContent } from "#net";
import type { Content, ContentOptions } from "#net";
import { MemoryBlockstore } from "blockstore-core";
import type { CID } from "multiformats/cid";
import { makeFolder } from "../folder.testing.ts";
import { startLocalNode } from "../local-node.ts";
import { addressOf, startNative, startTab, TCP, until } from "../mesh/native-node.testing.ts";
import type { Check } from "./check.ts";
import { startKubo } from "./kubo.ts";

/** Kubo answers at once if it lacks a block, but a busy machine is slow. */
const STALL_MS = 10_000;

/** The content of an image: a text of several blocks. */
const TEXT = "a program for all purposes; ".repeat(100_000);
const PROGRAM = "bin/main.wasm";

interface Image {
  readonly root: CID;
  readonly store: MemoryBlockstore;
  readonly blocks: BlockSource;
}

export const KUBO_CHECKS: Readonly<Record<string, Check>> = {
  async "gives a tab an image, block by block"(program, waiting) {
    const image = await makeImage();
    await using kubo = await startKubo(program, waiting);
    await kubo.importCar(encodeCar(image.root, image.blocks));
    await using tab = await startTab();
    await using content = await open({ peersAt: tab.peersAt });
    await content.fetchLayer(image.root, { ...waiting, peers: [kubo.address] });
    await compare(content, image);
  },
  async "gives an image by its gateway"(program, waiting) {
    const image = await makeImage();
    await using kubo = await startKubo(program, waiting);
    await kubo.importCar(encodeCar(image.root, image.blocks));
    await using content = await open({ gateways: [kubo.gateway] });
    await content.fetchLayer(image.root, waiting);
    await compare(content, image);
  },
  async "has an image of ww up"(program, waiting) {
    await using folder = await makeFolder({ [PROGRAM]: TEXT });
    const mesh = { listen: [TCP] };
    await using node = await startLocalNode({ port: 0, images: [folder.path], mesh });
    await using kubo = await startKubo(program, waiting);
    await kubo.run("swarm", "connect", addressOf(node, "tcp"));
    const [path = ""] = node.images.map((image) => image.path);
    assert.equal(String(await kubo.run("cat", `${path}/${PROGRAM}`)), TEXT);
  },
  async "has an image that a tab shares, through our relay"(program, waiting) {
    const { root, store, blocks } = await makeImage();
    await using relay = await startNative({ listen: [`${TCP}/ws`] });
    await using tab = await startTab([addressOf(relay, "ws")]);
    await until(tab, () => tab.addrs().length > 0);
    await using sharing = await tab.share({
      readDag: async () => undefined,
      readBlock: async (cid) => (store.has(cid) ? blocks.get(cid) : undefined),
      hasBlock: async (cid) => store.has(cid),
    });
    await using kubo = await startKubo(program, waiting);
    await kubo.run("swarm", "connect", `${tab.addrs()[0]?.text ?? ""}/p2p/${tab.peerId.text}`);
    assert.equal(String(await kubo.run("cat", `/ipfs/${root.toString()}/${PROGRAM}`)), TEXT);
    assert.ok(sharing);
  },
  async "says that it lacks a block, and a tab names it"(program, waiting) {
    const { root } = await makeImage();
    await using kubo = await startKubo(program, waiting);
    await using tab = await startTab();
    await using content = await open({ peersAt: tab.peersAt });
    await assert.rejects(
      content.fetchLayer(root, { ...waiting, peers: [kubo.address] }),
      new RegExp(`peer \\w+ has no block "${root.toString()}"`),
    );
  },
};

async function makeImage(): Promise<Image> {
  const store = new MemoryBlockstore();
  const content = new TextEncoder().encode(TEXT);
  const root = await importTree([{ type: "file", path: PROGRAM, content }], store);
  return { root, store, blocks: createBlockSource(store) };
}

function open(options: Partial<ContentOptions>): Promise<Content> {
  const blockstore = new MemoryBlockstore();
  return openContent({ blockstore, gateways: [], fetch, stallMs: STALL_MS, ...options });
}

async function compare(content: Content, { root, blocks }: Image): Promise<void> {
  for await (const { cid } of walkDag(root, blocks)) {
    assert.deepEqual(await content.find(cid), await blocks.get(cid), cid.toString());
  }
}
