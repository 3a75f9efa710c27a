import { peerIdFromString } from "@libp2p/peer-id";
import { signal } from "@preact/signals";
import { MemoryBlockstore } from "blockstore-core";
import type { CID } from "multiformats/cid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDuplexPair, createPipe, readAll } from "#base";
import type { Duplex } from "#base";
import { importTree } from "#image";
import { loadBitswap, openContent } from "#net";
import type { Content, PeerStreams } from "#net";
import type { SharedSession, Sharing } from "#ui";
import type { KeptShare, KeptShares } from "./kept-shares.ts";
import { openSharing } from "./sharing.ts";

const PEER = peerIdFromString("12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5");
const ADDRESS = "/ip4/127.0.0.1/tcp/9/ws/p2p/12D3KooWTab";

let store: MemoryBlockstore;
let content: Content;
let shares: KeptShare[];
/** Delivers a peer's stream to the server of DAGs. */
let take: ((duplex: Duplex) => void) | undefined;
beforeEach(async () => {
  store = new MemoryBlockstore();
  content = await openContent({ blockstore: store, gateways: [], fetch });
  shares = [];
  take = undefined;
});
afterEach(() => content[Symbol.asyncDispose]());

/** Kept in memory, since Node has no IndexedDB. */
const kept: KeptShares = {
  list: async () => [...shares],
  async add(share) {
    const added = { ...share, id: shares.length };
    shares.push(added);
    return added;
  },
  remove: async (id) => void (shares = shares.filter((share) => share.id !== id)),
  isEmpty: async () => shares.length === 0,
  [Symbol.dispose]: () => undefined,
};

/** Streams of a node without peers. */
const streams: PeerStreams = {
  dial: () => Promise.reject(new Error("nobody is dialled")),
  async listen(protocol, taker) {
    if (protocol === "/ww/0.1.0/blocks") take = (duplex) => taker(duplex, PEER);
    return { [Symbol.asyncDispose]: async () => void (take = undefined) };
  },
};

function open(): Promise<Sharing> {
  return openSharing({
    mesh: {
      locate: async () => ({ peerId: "12D3KooWTab", addresses: [ADDRESS] }),
      share: async (blocks) => (await loadBitswap(streams)).share(blocks),
    },
    content: { get: async () => content, forget: () => undefined },
    kernel: {
      get: () => Promise.reject(new Error("no program is shared")),
      forget: () => undefined,
    },
    kept,
    persist: async () => undefined,
    wallMs: () => 0,
    sessions: signal([]),
  });
}

async function addImage(text: string): Promise<CID> {
  const bytes = new TextEncoder().encode(text);
  return importTree([{ type: "file", path: "bin/main.wasm", content: bytes }], store);
}

function openSession(...layers: CID[]): SharedSession {
  return {
    layers: layers.map((root) => `/ipfs/${root.toString()}`),
    args: [],
    stage: signal({ which: "running" }),
    outcome: signal(undefined),
    ended: new Promise(() => undefined),
    terminal: { mirror: async () => createPipe(100).source, press: async () => undefined },
    bootstrap: () => {
      throw new Error("nothing is exported");
    },
  };
}

/** The first byte of the answer to a peer's request for a DAG: 0 if the DAG follows, 1 if it is refused. */
async function request(root: CID): Promise<number | undefined> {
  const [near, far] = createDuplexPair(64 * 1024);
  using duplex = near;
  take?.(far);
  await duplex.sink.write(Uint8Array.of(0, ...root.bytes));
  duplex.sink.close();
  return (await readAll(duplex.source, 1_000_000))[0];
}

test("share() of an image that is not here as a whole gives peers none of its layers", async () => {
  const [whole, gone, other] = [await addImage("1"), await addImage("2"), await addImage("3")];
  await store.delete(gone);
  const sharing = await open();
  const session = openSession(whole, gone);
  await expect(sharing.share(session, { kind: "image" })).rejects.toThrow("is not stored here");
  await sharing.share(openSession(other), { kind: "image" });
  expect(await request(other)).toBe(0);
  expect(await request(whole)).toBe(1);
});

test("share() for longer than there are dates makes a link whose end has one", async () => {
  const sharing = await open();
  const choice = { kind: "image", minutes: 1e12 } as const;
  const { untilMs } = await sharing.share(openSession(await addImage("1")), choice);
  expect(new Date(untilMs ?? 0).getTime()).toBeGreaterThan(1e12);
});

test("stop() ends what a peer is being given", async () => {
  const big = new Uint8Array(3_000_000).map((_, at) => at >> 12);
  const root = await importTree([{ type: "file", path: "bin/main.wasm", content: big }], store);
  const sharing = await open();
  const { id } = await sharing.share(openSession(root), { kind: "image" });
  const [near, far] = createDuplexPair(64 * 1024);
  using duplex = near;
  take?.(far);
  await duplex.sink.write(Uint8Array.of(0, ...root.bytes));
  duplex.sink.close();
  expect((await duplex.source.read(1))?.[0]).toBe(0);
  await sharing.stop(id);
  await expect(readAll(duplex.source, 10_000_000)).rejects.toThrow("was cut");
});
