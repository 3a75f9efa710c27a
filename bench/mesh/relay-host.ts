/** Where tabs of the bench meet: a relay, a native node that serves a vat, and a plain server that joins WebSockets. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { startNativeNode } from "../../src/cli/mesh/native-node.ts";
import type { NativeNode } from "../../src/cli/mesh/native-node.ts";
import { Bench } from "../rpc/generated/bench.ts";
import { createBenchServer } from "../rpc/served.ts";
import type { RelayAddresses } from "./relay-addresses.ts";

export interface RelayHost extends AsyncDisposable {
  readonly addresses: RelayAddresses;
}

/** Where nobody is: there is no local server before these nodes. */
const PASSED_ON = "/ip4/127.0.0.1/tcp/1/ws";

export async function startRelayHost(): Promise<RelayHost> {
  await using stack = new AsyncDisposableStack();
  const relay = stack.use(await startNative());
  const native = stack.use(await startNative());
  await native.streams.listen("/ww/0.1.0/vat/bench", (duplex) => {
    using bootstrap = serve(Bench, createBenchServer());
    connect(createStreamTransport(duplex), { bootstrap });
  });
  const port = await startPair(stack);
  const owned = stack.move();
  return {
    addresses: {
      relay: toAddress(relay),
      native: toAddress(native),
      pair: `ws://127.0.0.1:${port}`,
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function startNative(): Promise<NativeNode> {
  return startNativeNode({
    localAddress: PASSED_ON,
    listen: ["/ip4/127.0.0.1/tcp/0/ws"],
    isForeign: () => false,
  });
}

function toAddress(node: NativeNode): string {
  return node.addresses().find((address) => !address.startsWith(`${PASSED_ON}/`)) ?? "";
}

/** @returns the port */
async function startPair(stack: AsyncDisposableStack): Promise<number> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  stack.defer(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  let first: WebSocket | undefined;
  server.on("connection", (socket) => {
    if (first === undefined) return void (first = socket);
    const [one, other] = [first, socket];
    one.on("message", (data) => other.send(data));
    other.on("message", (data) => one.send(data));
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
