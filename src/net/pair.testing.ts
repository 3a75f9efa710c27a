/** Two real nodes that are connected through a relay. */
import { circuitRelayServer } from "@libp2p/circuit-relay-v2";
import { identify } from "@libp2p/identify";
import { noise } from "@libp2p/noise";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { yamux } from "@libp2p/yamux";
import { MemoryDatastore } from "datastore-core";
import { createLibp2p } from "libp2p";
import { startNode } from "./node.ts";
import type { NetNode } from "./node.ts";

export interface Pair extends AsyncDisposable {
  readonly server: NetNode;
  readonly client: NetNode;
}

export async function openPair(): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const relay = await createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0/ws"] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({ reservations: { applyDefaultLimit: false } }),
    },
  });
  stack.defer(async () => relay.stop());
  const relays = [String(relay.getMultiaddrs()[0])];
  const open = async (): Promise<NetNode> =>
    stack.use(await startNode({ datastore: new MemoryDatastore(), relays, redialMs: 50 }));
  const [server, client] = [await open(), await open()];
  const signal = AbortSignal.timeout(20_000);
  while (server.addrs().length === 0) await server.changed({ signal });
  await client.connect(
    server.peerId.bytes,
    server.addrs().map(({ bytes }) => bytes),
  );
  const owned = stack.move();
  return { server, client, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
