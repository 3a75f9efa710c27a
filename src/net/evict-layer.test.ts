import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { expect, test, vi } from "vitest";
import { Exception } from "#base";
import { openContent } from "./content.ts";
import type { Content } from "./content.ts";
import type { LayerLog } from "./evict-layer.ts";
import { makeCar, makeImage, startServer } from "./http.testing.ts";
import type { TestImage, TestServer } from "./http.testing.ts";

vi.setConfig({ testTimeout: 30_000 });

type Pairs = Parameters<MemoryBlockstore["putMany"]>[0];

/** A store with a quota, like a browser's. */
class QuotaStore extends MemoryBlockstore {
  readonly #quotaBytes: number;
  readonly #sizes = new Map<string, number>();

  constructor(quotaBytes: number) {
    super();
    this.#quotaBytes = quotaBytes;
  }

  override async *putMany(source: Pairs): AsyncGenerator<CID> {
    const after = new Map(this.#sizes);
    const pairs: { readonly cid: CID; readonly bytes: Uint8Array }[] = [];
    for await (const { cid, bytes } of source) {
      pairs.push({ cid, bytes: bytes as Uint8Array });
      after.set(cid.toString(), (bytes as Uint8Array).length);
    }
    if ([...after.values()].reduce((sum, size) => sum + size, 0) > this.#quotaBytes) {
      const cause = Object.assign(new Error("full"), { name: "QuotaExceededError" });
      throw new Exception("failed", "Cannot store blocks: it is full", { cause });
    }
    for (const { cid, bytes } of pairs) {
      this.#sizes.set(cid.toString(), bytes.length);
      yield await this.put(cid, bytes);
    }
  }

  override async delete(cid: CID): Promise<void> {
    this.#sizes.delete(cid.toString());
    await super.delete(cid);
  }
}

function createLog(): LayerLog & { readonly roots: CID[] } {
  const roots: CID[] = [];
  const forget = async (root: CID): Promise<void> => {
    const at = roots.findIndex((each) => each.equals(root));
    if (at >= 0) roots.splice(at, 1);
  };
  return {
    roots,
    forget,
    async touch(root) {
      await forget(root);
      roots.push(root);
    },
    list: async () => [...roots],
  };
}

/** A gateway with several images. */
async function serveAll(images: readonly TestImage[]): Promise<TestServer> {
  return startServer((path, response) => {
    const name = path.replace(/^\/ipfs\//, "").replace(/\?.*$/, "");
    const image = images.find(({ root }) => root.toString() === name);
    if (image === undefined) return void response.writeHead(404).end();
    void makeCar(image.root, image.blocks).then((car) =>
      response.writeHead(200, { "content-type": "application/vnd.ipld.car" }).end(car),
    );
  });
}

const isWhole = async (store: MemoryBlockstore, image: TestImage): Promise<boolean> => {
  for (const cid of image.blocks.keys()) if (!(await store.has(CID.parse(cid)))) return false;
  return true;
};

test("a full store makes room for a layer, by those that were used least recently", async () => {
  // The first leaf of 256 KiB is the same in all of them.
  const images = await Promise.all([400_000, 450_000, 500_000].map((size) => makeImage(size)));
  const [first, second, third] = images as [TestImage, TestImage, TestImage];
  await using server = await serveAll(images);
  const store = new QuotaStore(750_000);
  const layers = createLog();
  /** As after a reload: nothing is in use. */
  const fetchAlone = async (image: TestImage): Promise<void> => {
    const options = { blockstore: store, layers, gateways: [server.url], fetch };
    await using content: Content = await openContent(options);
    await content.fetchLayer(image.root);
  };
  await fetchAlone(first);
  await fetchAlone(second);
  expect(await isWhole(store, first)).toBe(true);
  expect(await isWhole(store, second)).toBe(true);
  await layers.touch(first.root);
  await fetchAlone(third);
  expect(await isWhole(store, third)).toBe(true);
  expect(await isWhole(store, second)).toBe(false);
  expect(await isWhole(store, first)).toBe(true);
  expect(layers.roots.map(String)).toEqual([first.root, third.root].map(String));
});

test("what is in use is not removed for another layer", async () => {
  const images = await Promise.all([400_000, 600_000].map((size) => makeImage(size)));
  const [first, second] = images as [TestImage, TestImage];
  await using server = await serveAll(images);
  const store = new QuotaStore(500_000);
  const options = { blockstore: store, layers: createLog(), gateways: [server.url], fetch };
  await using content = await openContent(options);
  await content.fetchLayer(first.root);
  await content.fetchLayer(second.root);
  expect(await isWhole(store, first)).toBe(true);
  // Its blocks are in memory, as far as there is room.
  for (const [cid, bytes] of second.blocks) {
    expect(await content.get(CID.parse(cid))).toEqual(bytes);
  }
});

test("what another layer has in common with one that is being fetched is not removed", async () => {
  // The second layer is stored in two batches, the second of which fills the store.
  const images = await Promise.all([400_000, 12_000_000].map((size) => makeImage(size)));
  const [first, second] = images as [TestImage, TestImage];
  await using server = await serveAll(images);
  const store = new QuotaStore(12_100_000);
  const layers = createLog();
  for (const image of [first, second]) {
    const options = { blockstore: store, layers, gateways: [server.url], fetch };
    await using content = await openContent(options);
    await content.fetchLayer(image.root);
  }
  expect(await isWhole(store, first)).toBe(false);
  expect(await isWhole(store, second)).toBe(true);
});

test("what is kept, as images that are shared, is not removed for another layer", async () => {
  const images = await Promise.all([400_000, 600_000].map((size) => makeImage(size)));
  const [first, second] = images as [TestImage, TestImage];
  await using server = await serveAll(images);
  const store = new QuotaStore(700_000);
  const layers = createLog();
  const options = { blockstore: store, layers, gateways: [server.url], fetch };
  {
    await using content = await openContent(options);
    await content.fetchLayer(first.root);
  }
  await using content = await openContent(options);
  const keeping = content.keep(first.root);
  await content.fetchLayer(second.root);
  await content[Symbol.asyncDispose]();
  expect(await isWhole(store, first)).toBe(true);
  keeping[Symbol.dispose]();
});
