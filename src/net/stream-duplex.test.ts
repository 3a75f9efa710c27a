import { once } from "node:events";
import { createConnection, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { concatBytes, readAll } from "#base";
import type { ByteSource, Duplex } from "#base";
import type { Connection, Libp2p, Stream } from "@libp2p/interface";
import { noise } from "@libp2p/noise";
import { tcp } from "@libp2p/tcp";
import { yamux } from "@libp2p/yamux";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { expect, test } from "vitest";
import { openStreamDuplex } from "./stream-duplex.ts";

const PROTOCOL = "/test/stream";
/** More bytes than a reader may be behind. */
const MANY_BYTES = 300_000;
const WINDOW_BYTES = 256 * 1024;
const MORE_BYTES = 50_000;
const SAID = Uint8Array.from({ length: MANY_BYTES + MORE_BYTES }, (_, at) => at % 251);

interface Served {
  readonly stream: Stream;
  readonly duplex: Duplex;
}

type Open = (stream: Stream) => Promise<Served>;

const openAtOnce: Open = async (stream) => ({ stream, duplex: openStreamDuplex(stream) });

interface Meeting extends AsyncDisposable {
  /** Connects to a node that hands over each stream as it comes. */
  readonly connection: Connection;
  readonly served: Promise<Served>;
  /** Ends the connection below without any message. */
  lose(): void;
}

function startNode(listen: readonly string[]): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: [...listen] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    // Windows that grow would take everything that these tests send.
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: WINDOW_BYTES } })],
  });
}

async function meet(open = openAtOnce): Promise<Meeting> {
  await using stack = new AsyncDisposableStack();
  const server = await startNode(["/ip4/127.0.0.1/tcp/0"]);
  stack.defer(async () => server.stop());
  const { promise: served, resolve } = Promise.withResolvers<Served>();
  await server.handle(PROTOCOL, (stream) => resolve(open(stream)));
  const client = await startNode([]);
  stack.defer(async () => client.stop());
  // A proxy between the two, so that a connection can be lost.
  const sockets: Socket[] = [];
  const port = Number(/\/tcp\/(\d+)/.exec(String(server.getMultiaddrs()[0]))?.[1]);
  const proxy = createServer((socket) => {
    const other = createConnection(port, "127.0.0.1");
    for (const end of [socket, other]) {
      sockets.push(end);
      end.on("error", () => end.destroy());
    }
    socket.pipe(other).pipe(socket);
  });
  stack.defer(() => void proxy.close());
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const { port: between } = proxy.address() as AddressInfo;
  const connection = await client.dial(multiaddr(`/ip4/127.0.0.1/tcp/${between}`));
  const owned = stack.move();
  return {
    connection,
    served,
    lose: () => sockets.forEach((socket) => socket.end()),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function readExactly(source: ByteSource, length: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let rest = length; rest > 0;) {
    const bytes = await source.read(rest);
    if (bytes === undefined) break;
    parts.push(bytes);
    rest -= bytes.length;
  }
  return concatBytes(parts);
}

/** Sends more than the reader may be behind, and then as much as the stream holds while it is paused. */
async function sayTooMuch({ connection, served }: Meeting): Promise<Stream> {
  const stream = await connection.newStream(PROTOCOL);
  stream.send(SAID.slice(0, MANY_BYTES));
  const { stream: reading } = await served;
  await expect.poll(() => reading.readStatus).toBe("paused");
  stream.send(SAID.slice(MANY_BYTES));
  await expect.poll(() => reading.readBufferLength).toBe(MORE_BYTES);
  return stream;
}

test("openStreamDuplex() gives a slow reader all that was said before the end", async () => {
  await using meeting = await meet();
  const stream = await sayTooMuch(meeting);
  await stream.close();
  const { duplex, stream: reading } = await meeting.served;
  await expect.poll(() => reading.remoteWriteStatus).toBe("closed");
  expect(await readAll(duplex.source, SAID.length + 1)).toEqual(SAID);
});

test("openStreamDuplex() gives it also when both directions have ended", async () => {
  await using meeting = await meet();
  const stream = await sayTooMuch(meeting);
  await stream.close();
  const { duplex, stream: reading } = await meeting.served;
  duplex.sink.close();
  await expect.poll(() => reading.status).toBe("closed");
  expect(await readAll(duplex.source, SAID.length + 1)).toEqual(SAID);
});

test("openStreamDuplex() takes no more for a slow reader than libp2p has room for", async () => {
  await using meeting = await meet();
  const stream = await meeting.connection.newStream(PROTOCOL);
  const { sink } = openStreamDuplex(stream);
  const [pieces, length] = [128, 65_536];
  let mostBytes = 0;
  const write = async (): Promise<void> => {
    for (let piece = 0; piece < pieces; piece++) {
      await sink.write(new Uint8Array(length).fill(piece));
      mostBytes = Math.max(mostBytes, stream.writeBufferLength);
    }
    sink.close();
  };
  let hasWritten = false;
  const written = write().finally(() => (hasWritten = true));
  const { duplex, stream: reading } = await meeting.served;
  for (let piece = 0; piece < pieces; piece++) {
    await expect.poll(() => reading.readStatus === "paused" || hasWritten).toBe(true);
    const bytes = await readExactly(duplex.source, length);
    expect(bytes.every((byte) => byte === piece)).toBe(true);
  }
  await written;
  expect(mostBytes).toBeLessThanOrEqual(65_536);
});

test("openStreamDuplex() sees an end that came before it", async () => {
  // This happens when a peer sends everything in the turn in which it negotiates the protocol.
  await using meeting = await meet(async (stream) => {
    await expect.poll(() => stream.remoteWriteStatus).toBe("closed");
    return openAtOnce(stream);
  });
  const stream = await meeting.connection.newStream(PROTOCOL);
  stream.send(SAID.slice(0, 3));
  await stream.close();
  const { duplex } = await meeting.served;
  expect(await readAll(duplex.source, 10)).toEqual(SAID.slice(0, 3));
});

test("openStreamDuplex() says to a slow reader that the peer has cut the stream", async () => {
  await using meeting = await meet();
  const stream = await meeting.connection.newStream(PROTOCOL);
  stream.send(SAID.slice(0, MANY_BYTES));
  const { duplex, stream: reading } = await meeting.served;
  await expect.poll(() => reading.readStatus).toBe("paused");
  stream.abort(new Error("enough"));
  await expect.poll(() => reading.status).toBe("reset");
  await expect(readAll(duplex.source, SAID.length)).rejects.toThrow("Peer's stream was cut");
});

test("openStreamDuplex() takes the loss of the connection for no end of what was said", async () => {
  await using meeting = await meet();
  const stream = await meeting.connection.newStream(PROTOCOL);
  stream.send(SAID.slice(0, 3));
  const { duplex } = await meeting.served;
  expect(await duplex.source.read(10)).toEqual(SAID.slice(0, 3));
  meeting.lose();
  await expect(duplex.source.read(10)).rejects.toThrow("Peer's stream was cut");
});
