/** Two tabs that reach each other through a relay alone, beside WebSockets without libp2p's layers, and without the relay. */
import { peerIdFromString } from "@libp2p/peer-id";
import { multiaddr } from "@multiformats/multiaddr";
import type { Duplex } from "#base";
import { raceTimes, raceTrials, toRow, toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { openVats } from "./open-vats.ts";
import { openPeer } from "./peer.ts";
import type { RelayAddresses } from "./relay-addresses.ts";

const POUR = "/bench/relayed";
const PIECE_BYTES = 64 * 1024;
/** What a pair of WebSockets has on its way: without credit, more would only wait. */
const ASKED_BYTES = 1024 * 1024;

/** The tab that is measured. @returns its peer id */
export async function serveRelayed({ relay, pair }: RelayAddresses): Promise<string> {
  const peer = await openPeer({ isDirect: false });
  await openVats(peer).serve();
  await peer.streams.listen(POUR, (duplex) => void pour(duplex));
  await peer.reserve(relay);
  const socket = await openSocket(pair);
  socket.addEventListener("message", () => {
    for (let sent = 0; sent < ASKED_BYTES; sent += PIECE_BYTES) {
      socket.send(new Uint8Array(PIECE_BYTES));
    }
  });
  return peer.libp2p.peerId.toString();
}

/** Takes over the duplex. Ends when its reader has gone. */
async function pour(duplex: Duplex): Promise<void> {
  using own = duplex;
  try {
    for (;;) await own.sink.write(new Uint8Array(PIECE_BYTES));
  } catch {
    // The reader has what it wants.
  }
}

async function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  return socket;
}

export async function measureRelayed(
  { relay, native, pair }: RelayAddresses,
  serverId: string,
  timing: Timing,
): Promise<Row[]> {
  const peer = await openPeer({ isDirect: false });
  const { libp2p } = peer;
  const vats = openVats(peer);
  await peer.reserve(relay);
  const relayed = `${relay}/p2p-circuit/p2p/${serverId}`;
  const timeFirst = async (address: string): Promise<number> => {
    const peerId = peerIdFromString(address.replace(/.*\/p2p\//, ""));
    await libp2p.hangUp(peerId);
    const start = performance.now();
    await libp2p.dial(multiaddr(address));
    await vats.timeFirst(peerId.toMultihash().bytes);
    return performance.now() - start;
  };
  const times = await raceTimes(
    { ours: () => timeFirst(relayed), bare: () => timeFirst(native) },
    timing.turns * 2,
  );
  await libp2p.dial(multiaddr(relayed));
  const socket = await openSocket(pair);
  const rates = await raceTrials(
    {
      ours: async (forMs) => readFor(await peer.dial(peerIdFromString(serverId), POUR), forMs),
      bare: (forMs) => readPair(socket, forMs),
    },
    timing,
  );
  socket.close();
  const first = "dial over the relay to the first answer, ms";
  const bytes = "bytes over the relay, MB/s";
  return [
    toRowAtMost(first, times.ours, times.bare, "WebSocket to ww up", 6),
    toRow(bytes, rates.ours / 1e6, rates.bare / 1e6, "pair of WebSockets", 0.5),
  ];
}

/** Takes over the duplex. @returns bytes per second */
async function readFor(duplex: Duplex, forMs: number): Promise<number> {
  using own = duplex;
  const start = performance.now();
  let received = 0;
  while (performance.now() - start < forMs) {
    received += (await own.source.read(PIECE_BYTES))?.length ?? 0;
  }
  return (received * 1000) / (performance.now() - start);
}

/** @returns bytes per second */
async function readPair(socket: WebSocket, forMs: number): Promise<number> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const listening = new AbortController();
  const start = performance.now();
  let received = 0;
  let asked = 0;
  const ask = (): void => {
    asked += ASKED_BYTES;
    socket.send(new Uint8Array(1));
  };
  const take = ({ data }: MessageEvent<ArrayBuffer>): void => {
    received += data.byteLength;
    const isOver = performance.now() - start >= forMs;
    // The next is on its way before this one has come.
    if (!isOver && asked - received < ASKED_BYTES) ask();
    if (isOver && received === asked) resolve();
  };
  socket.addEventListener("message", take, { signal: listening.signal });
  ask();
  ask();
  await over;
  listening.abort();
  return (received * 1000) / (performance.now() - start);
}
