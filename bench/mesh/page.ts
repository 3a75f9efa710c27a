/** Two tabs of this page meet: one serves, the other measures what the product does beside what libp2p does by itself. */
import { sha256 } from "#base";
import { peerIdFromString } from "@libp2p/peer-id";
import type { Connection } from "@libp2p/interface";
import { MemoryBlockstore } from "blockstore-core";
import { CID } from "multiformats/cid";
import { openContent } from "../../src/net/content.ts";
import { serveDags } from "../../src/net/peer-blocks.ts";
import { createSharedImages } from "../../src/boot/shared-images.ts";
import { raceTimes, raceTrials, toRow, toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { openVats } from "./open-vats.ts";
import { measureRelayed, serveRelayed } from "./over-relay.ts";
import { connectDirectly, echoBytes, findDirect, openPeer, pourBytes } from "./peer.ts";
import type { BenchPeer } from "./peer.ts";

const ECHO = "/bench/echo";
const POUR = "/bench/pour";
const PIECE_BYTES = 16 * 1024;
/** What is asked for at a time: more would wait in the browser, and other streams behind it. */
const POUR_BYTES = 1024 * 1024;
const MESSAGE_BYTES = 64;
/** Both directions of a stream may be limited. */
const LIMITED = { runOnLimitedConnection: true, maxInboundStreams: 100, maxOutboundStreams: 100 };

interface Config {
  readonly relays: readonly string[];
  readonly images: readonly { readonly path: string }[];
}

async function readConfig(): Promise<Config> {
  return (await (await fetch("/config.json?relays")).json()) as Config;
}

/** The tab that is measured. @returns its address */
async function serveTab(): Promise<string> {
  const { relays, images } = await readConfig();
  const peer = await openPeer();
  const { libp2p } = peer;
  await libp2p.handle(ECHO, (stream) => echoBytes(stream), LIMITED);
  await libp2p.handle(POUR, (stream) => pourBytes(stream, POUR_BYTES, PIECE_BYTES), LIMITED);
  await openVats(peer).serve();
  const content = await openContent({
    blockstore: new MemoryBlockstore(),
    gateways: [`${location.origin}/`],
    fetch: (url, init) => fetch(url, init),
  });
  const shared = createSharedImages(content);
  const root = rootOf(images[0]?.path);
  await content.fetchLayer(root);
  await shared.add(root);
  await serveDags(async (protocol, take) => {
    const serving = await peer.streams.listen(protocol, take);
    return { [Symbol.asyncDispose]: async () => serving[Symbol.dispose]() };
  }, shared);
  await peer.reserve(relays[0] ?? "");
  return findDirect(libp2p);
}

function rootOf(path = ""): CID {
  return CID.parse(path.replace("/ipfs/", ""));
}

async function measure(timing: Timing, address: string): Promise<Row[]> {
  const { relays, images } = await readConfig();
  const peer = await openPeer();
  const { libp2p } = peer;
  await peer.reserve(relays[0] ?? "");
  const peerId = peerIdFromString(address.replace(/.*\/p2p\//, ""));
  const bytes = peerId.toMultihash().bytes;
  const connection = await connectDirectly(libp2p, address);
  const vats = openVats(peer);
  await vats.dial(bytes);
  const rows: Row[] = [];
  for (const inFlight of [1, 64]) {
    const rates = await raceTrials(
      {
        ours: (forMs) => vats.echo(inFlight, forMs),
        bare: (forMs) => echoBare(connection, inFlight, forMs),
      },
      timing,
    );
    const [what, target] = inFlight === 1 ? ["one at a time", 0.6] : ["64 in flight", 0.5];
    rows.push(toRow(`vat echo, ${what}, per s`, rates.ours, rates.bare, "libp2p stream", target));
  }
  const reads = await raceTrials(
    {
      ours: (forMs) => vats.read(bytes, forMs),
      bare: (forMs) => readBare(connection, forMs),
    },
    timing,
  );
  const [ours, bare] = [reads.ours / 1e6, reads.bare / 1e6];
  rows.push(toRow("64 KiB reads of a ByteStream, MB/s", ours, bare, "libp2p stream", 0.8));
  const rounds = timing.turns * 2;
  rows.push(...(await measureImages(peer, address, rootOf(images[0]?.path), rounds)));
  const dials = await raceTimes(
    {
      ours: async () => {
        await libp2p.hangUp(peerId);
        const start = performance.now();
        await connectDirectly(libp2p, address);
        await vats.timeFirst(bytes);
        return performance.now() - start;
      },
      bare: async () => {
        await libp2p.hangUp(peerId);
        const start = performance.now();
        await askBare(await connectDirectly(libp2p, address));
        return performance.now() - start;
      },
    },
    rounds,
  );
  const dial = "dial over the relay to the first direct answer, ms";
  rows.push(toRowAtMost(dial, dials.ours, dials.bare, "libp2p's dial and a stream", 1.5));
  return rows;
}

/** An image of 4 MB from the other tab, beside the local gateway, and beside doing no more than is needed. */
async function measureImages(
  peer: BenchPeer,
  address: string,
  root: CID,
  rounds: number,
): Promise<Row[]> {
  const fetchFrom = async (gateways: string[], peers: string[]): Promise<number> => {
    const start = performance.now();
    const content = await openContent({
      blockstore: new MemoryBlockstore(),
      gateways,
      fetch: (url, init) => fetch(url, init),
      peersAt: {
        dial: (at, protocol) => peer.dial(peerIdFromString(at.replace(/.*\/p2p\//, "")), protocol),
        want: () => Promise.reject(new Error("An image comes whole")),
      },
    });
    await content.fetchLayer(root, { peers });
    const ms = performance.now() - start;
    await content[Symbol.asyncDispose]();
    return ms;
  };
  const folder = await navigator.storage.getDirectory();
  const fetchPlainly = async (): Promise<number> => {
    const start = performance.now();
    const response = await fetch(`/ipfs/${root.toString()}?format=car`, { cache: "no-store" });
    const car = new Uint8Array(await response.arrayBuffer());
    await sha256(car);
    const file = await folder.getFileHandle("car", { create: true });
    const writable = await file.createWritable();
    await writable.write(car);
    await writable.close();
    return performance.now() - start;
  };
  const times = await raceTimes(
    {
      peer: () => fetchFrom([], [address]),
      gateway: () => fetchFrom([`${location.origin}/`], []),
      plain: fetchPlainly,
    },
    rounds,
  );
  return [
    toRowAtMost("image of 4 MB from a tab, ms", times.peer, times.gateway, "local gateway", 3),
    toRowAtMost(
      "image of 4 MB by CAR, ms",
      times.gateway,
      times.plain,
      "fetch, SHA-256, OPFS",
      1.5,
    ),
  ];
}

async function echoBare(connection: Connection, inFlight: number, forMs: number): Promise<number> {
  const stream = await connection.newStream(ECHO);
  const message = new Uint8Array(MESSAGE_BYTES);
  const start = performance.now();
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let received = 0;
  let sent = inFlight;
  stream.addEventListener("message", ({ data }) => {
    received += data.byteLength;
    if (performance.now() - start >= forMs) return resolve();
    for (; sent - received / MESSAGE_BYTES < inFlight; sent++) stream.send(message);
  });
  for (let at = 0; at < inFlight; at++) stream.send(message);
  await over;
  const rate = (received / MESSAGE_BYTES / (performance.now() - start)) * 1000;
  await stream.close();
  return rate;
}

/** Bytes per second. */
async function readBare(connection: Connection, forMs: number): Promise<number> {
  const stream = await connection.newStream(POUR);
  const start = performance.now();
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let received = 0;
  let asked = 0;
  const ask = (): void => {
    asked += POUR_BYTES;
    stream.send(new Uint8Array(1));
  };
  stream.addEventListener("message", ({ data }) => {
    received += data.byteLength;
    const isOver = performance.now() - start >= forMs;
    // The next is on its way before this one has come.
    if (!isOver && asked - received < POUR_BYTES) ask();
    if (isOver && received === asked) resolve();
  });
  ask();
  ask();
  await over;
  const rate = (received * 1000) / (performance.now() - start);
  await stream.close();
  return rate;
}

async function askBare(connection: Connection): Promise<void> {
  const stream = await connection.newStream(ECHO);
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  stream.addEventListener("message", () => resolve());
  stream.send(new Uint8Array(MESSAGE_BYTES));
  await answered;
  await stream.close();
}

Object.assign(globalThis, { serveTab, measure, serveRelayed, measureRelayed });
