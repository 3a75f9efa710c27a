/** Where the product has its vats: a worker, to which streams of peers come as ports. */
import { expose } from "comlink";
import { cast, serve } from "#capnp";
import { createPeerVats, createRevoker, readPieces, servePieces } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import { ByteStream } from "#schema";
import { openPeerPorts } from "../../src/kernel/peer-ports.ts";
import type { AcceptedPort, OpenedPorts } from "../../src/kernel/peer-ports.ts";
import { toTrial } from "../measure.ts";
import { Bench } from "../rpc/generated/bench.ts";
import { createBenchServer } from "../rpc/served.ts";

const TEXT = "0123456789abcdef0123456789abcdef";
const PIECE_BYTES = 64 * 1024;

let ports: OpenedPorts | undefined;
const lifetime = createRevoker("bench").lifetime;
let held: { readonly bench: Bench } | undefined;

function openVats(): ReturnType<typeof createPeerVats> {
  if (ports === undefined) throw new Error("There are no ports");
  return createPeerVats(
    {
      streams: ports.streams,
      connectPeer: (duplex, bootstrap) =>
        connect(createStreamTransport(duplex), bootstrap && { bootstrap }),
    },
    lifetime,
  );
}

async function* pour(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(PIECE_BYTES);
}

const service = {
  open(port: MessagePort): void {
    ports = openPeerPorts(port);
  },
  accept: (accepted: AcceptedPort): void => ports?.accept(accepted),
  async serve(): Promise<void> {
    const vats = openVats();
    await vats.serve("bench", () => serve(Bench, createBenchServer()));
    await vats.serve("bytes", () => serve(ByteStream, servePieces(pour())));
  },
  async dial(peerId: Uint8Array): Promise<void> {
    const vats = openVats();
    held = { bench: cast(await vats.dial(peerId, "bench"), Bench) };
    await held.bench.echo(TEXT);
  },
  /** The first answer over a new stream, in ms. */
  async timeFirst(peerId: Uint8Array): Promise<number> {
    const start = performance.now();
    const bench = cast(await openVats().dial(peerId, "bench"), Bench);
    await bench.echo(TEXT);
    return performance.now() - start;
  },
  async echo(inFlight: number, forMs: number): Promise<number> {
    const bench = held?.bench;
    return await toTrial(async () => await bench?.echo(TEXT), inFlight)(forMs);
  },
  /** Bytes per second. */
  async read(peer: Uint8Array, forMs: number): Promise<number> {
    using source = cast(await openVats().dial(peer, "bytes"), ByteStream);
    const start = performance.now();
    let bytes = 0;
    for await (const piece of readPieces(source, PIECE_BYTES)) {
      bytes += piece.length;
      if (performance.now() - start >= forMs) break;
    }
    return (bytes * 1000) / (performance.now() - start);
  },
};

export type VatService = typeof service;
expose(service);
