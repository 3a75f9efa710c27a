/** Checks relayed connections: our relay between a peer and our nodes, and the peer's relay between two of ours. */
import assert from "node:assert/strict";
import { peerIdFromString } from "@libp2p/peer-id";
import { startClient } from "../mesh/client.ts";
import {
  addressOf,
  startNative,
  startTab,
  TCP,
  toBytes,
  until,
} from "../mesh/native-node.testing.ts";
import { startForeign, STREAM, VAT } from "./foreign-peer.ts";
import type { Check } from "./check.ts";
import { callVat, exchange, flood, MANY_BYTES, sayBack, serveBoth, serveVat } from "./services.ts";

/** Other relays carry 128 KiB, including all overhead. */
const FEW_BYTES = 32 * 1024;

export const RELAY_CHECKS: Readonly<Record<string, Check>> = {
  async "reserves at our relay, by which our client opens its stream and its vat"(
    program,
    waiting,
  ) {
    await using relay = await startNative({ listen: [TCP] });
    await using peer = await startForeign(program, waiting);
    const address = await peer.order("reserve", addressOf(relay, "tcp"));
    await using client = await startClient();
    const { id } = await client.connect([String(address)], waiting);
    assert.equal(id.toString(), peer.id);
    await flood(client, id, MANY_BYTES, waiting);
    await callVat(client, id, waiting);
  },
  async "reserves at our relay, by which a tab opens its stream"(program, waiting) {
    await using relay = await startNative({ listen: [TCP, `${TCP}/ws`] });
    await using peer = await startForeign(program, waiting);
    await peer.order("reserve", addressOf(relay, "tcp"));
    const through = addressOf(relay, "ws");
    await using tab = await startTab([through]);
    const target = peerIdFromString(peer.id).toMultihash().bytes;
    const addresses = toBytes([`${through}/p2p-circuit/p2p/${peer.id}`]);
    await tab.connect(target, addresses, { ...waiting, foreign: true });
    using duplex = await tab.dialStream(target, STREAM, waiting);
    await exchange(duplex, MANY_BYTES, waiting);
  },
  async "opens the stream and the vat of a tab behind our relay"(program, waiting) {
    await using relay = await startNative({ listen: [TCP, `${TCP}/ws`] });
    await using peer = await startForeign(program, waiting);
    await using tab = await startTab([addressOf(relay, "ws")]);
    await using stream = await tab.serveStreams(STREAM, (duplex) => void sayBack(duplex));
    await using vat = await tab.serveStreams(VAT, serveVat);
    await until(tab, () => tab.addrs().length > 0);
    const address = `${addressOf(relay, "tcp")}/p2p-circuit/p2p/${tab.peerId.text}`;
    assert.equal(await peer.order("flood", address, STREAM, `${MANY_BYTES}`), MANY_BYTES);
    assert.equal(await peer.order("vat", address, VAT, "hello"), "Echo: hello");
    assert.ok(stream && vat);
  },
  async "relays for our node, which reserves there, to our client"(program, waiting) {
    await using relay = await startForeign(program, waiting);
    await using node = await startNative({ peers: [relay.address] });
    await using serving = await serveBoth(node.streams);
    const through = `${relay.address}/p2p-circuit/p2p/`;
    while (!node.addresses().some((address) => address.startsWith(through))) {
      waiting.signal.throwIfAborted();
      await relay.order("peers");
    }
    await using client = await startClient();
    const address = node.addresses().find((found) => found.startsWith(through)) ?? "";
    const { id } = await client.connect([address], waiting);
    await flood(client, id, FEW_BYTES, waiting);
    await callVat(client, id, waiting);
    assert.ok(serving);
  },
};
