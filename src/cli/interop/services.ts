/** The services of our nodes in the checks, and their requests to peers. */
import assert from "node:assert/strict";
import { readAll } from "#base";
import type { Duplex, Waiting } from "#base";
import { serve } from "#capnp";
import type { PeerStreams } from "#net";
import { connect, createStreamTransport } from "#rpc";
import { Executor } from "#schema";
import type { Client } from "../mesh/client.ts";
import type { PeerId } from "@libp2p/interface";
import { STREAM, VAT } from "./foreign-peer.ts";

/** More than any window of a stream. */
export const MANY_BYTES: number = 4 * 1024 * 1024;

const PIECE_BYTES = 64 * 1024;

/** Serves the byte stream that echoes its input, and the vat. */
export async function serveBoth(streams: Pick<PeerStreams, "listen">): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  stack.use(await streams.listen(STREAM, (duplex) => void sayBack(duplex)));
  stack.use(await streams.listen(VAT, serveVat));
  return stack.move();
}

/** Echoes the input until the peer ends its direction. */
export async function sayBack(duplex: Duplex): Promise<void> {
  using both = duplex;
  for (;;) {
    const bytes = await both.source.read(PIECE_BYTES);
    if (bytes === undefined) break;
    await both.sink.write(bytes);
  }
  both.sink.close();
}

/** Serves a vat until the peer's connection ends. */
export function serveVat(duplex: Duplex): void {
  using echo = serve(Executor, {
    echo: (message) => ({ response: `Echo: ${message}` }),
    runBytes: () => Promise.reject(new Error("nothing is run here")),
  });
  connect(createStreamTransport(duplex), { bootstrap: echo });
}

/** Sends `size` bytes on a stream of the peer while reading, and requires that all of them are echoed. */
export async function flood(
  client: Client,
  peer: PeerId,
  size: number,
  waiting: Waiting,
): Promise<void> {
  using duplex = await client.openStream(peer, "echo", waiting);
  await exchange(duplex, size, waiting);
}

export async function exchange(
  { source, sink }: Duplex,
  size: number,
  waiting: Waiting,
): Promise<void> {
  const said = Uint8Array.from({ length: size }, (_, at) => at % 251);
  const say = async (): Promise<void> => {
    await sink.write(said.slice(), waiting);
    sink.close();
  };
  const [heard] = await Promise.all([readAll(source, size + 1), say()]);
  assert.equal(Buffer.compare(heard, said), 0, `${heard.length} bytes came back, not the same`);
}

/** Makes two concurrent calls of the bootstrap capability of the peer's vat. */
export async function callVat(client: Client, peer: PeerId, waiting: Waiting): Promise<void> {
  using connection = await client.openVat(peer, "executor", waiting);
  using executor = connection.bootstrap(Executor);
  const both = ["hello", "again"].map((message) => executor.echo(message, waiting));
  const responses = (await Promise.all(both)).map(({ response }) => response);
  assert.deepEqual(responses, ["Echo: hello", "Echo: again"]);
}
