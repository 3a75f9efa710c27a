import { encodeText, readAll } from "#base";
import { circuitRelayTransport, RELAY_V2_HOP_CODEC } from "@libp2p/circuit-relay-v2";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import type { Connection, Libp2p, MultiaddrConnection } from "@libp2p/interface";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { describe, expect, test, vi } from "vitest";
import { createFairShare, SHARE_LIMITS } from "./fair-share.ts";
import type { FairShare } from "./fair-share.ts";
import {
  addressOf,
  countOf,
  startNative,
  startTab,
  toBytes,
  until,
  WEB_SOCKET,
} from "./native-node.testing.ts";
import { toParts } from "./parts.ts";

vi.setConfig({ testTimeout: 30_000 });

/** Several nodes with one identity, since one node would dial a peer only once. */
async function startFlood(count: number): Promise<AsyncDisposable & { readonly nodes: Libp2p[] }> {
  const privateKey = await generateKeyPair("Ed25519");
  await using stack = new AsyncDisposableStack();
  const nodes: Libp2p[] = [];
  for (let started = 0; started < count; started++) {
    const node = await createLibp2p({
      ...toParts(),
      privateKey,
      transports: [webSockets(), circuitRelayTransport()],
      services: { identify: identify() },
    });
    stack.defer(async () => node.stop());
    nodes.push(node);
  }
  const owned = stack.move();
  return { nodes, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe("startNativeNode() beside a flood of one peer", () => {
  const limits = { connectionsOfPeer: 4, relayedOfPeer: 3, reservations: 2 };

  test("relays for others, and keeps what the flood takes within its bounds", async () => {
    await using node = await startNative({ listen: [WEB_SOCKET], limits });
    const address = addressOf(node, "ws");
    await using callee = await startTab([address]);
    await using serving = await callee.serveStreams("/test", (duplex) => {
      void duplex.sink.write(encodeText("served")).then(() => duplex.sink.close());
    });
    await until(callee, () => callee.addrs().length > 0);
    await using flood = await startFlood(12);

    // Connections; the node closes a refused one, at the latest after it was opened.
    const target = multiaddr(address);
    await Promise.allSettled(flood.nodes.map((each) => each.dial(target)));
    const { connectionsOfPeer } = limits;
    await expect
      .poll(() => countOf(node, 'ww_connections{direction="inbound"}'))
      .toBe(1 + connectionsOfPeer);
    await expect
      .poll(() => countOf(node, 'ww_refused_total{what="connection"}'))
      .toBe(12 - connectionsOfPeer);
    expect(countOf(node, 'ww_connections{direction="inbound"}')).toBe(1 + connectionsOfPeer);
    const open = (): Connection[] => flood.nodes.flatMap((each) => each.getConnections());
    await expect.poll(() => open().length).toBe(connectionsOfPeer);

    // Requests to relay without a target, on each connection, and one with a target.
    const ask = async (times: number): Promise<void> => {
      const asking = open().flatMap((connection) =>
        Array.from({ length: times }, () => connection.newStream(RELAY_V2_HOP_CODEC)),
      );
      await Promise.allSettled(asking);
    };
    await ask(1);
    const through = multiaddr(`${address}/p2p-circuit/p2p/${callee.peerId.text}`);
    const connected = flood.nodes.find((each) => each.getConnections().length > 0);
    await expect(connected?.dial(through)).rejects.toThrow();
    expect(countOf(node, 'ww_refused_total{what="relayed connection"}')).toBe(1);
    await ask(20);

    await using caller = await startTab([address]);
    await until(caller, () => caller.addrs().length > 0);
    await caller.connect(callee.peerId.bytes, toBytes([through.toString()]));
    using duplex = await caller.dialStream(callee.peerId.bytes, "/test");
    expect(await readAll(duplex.source, 100)).toEqual(encodeText("served"));
    expect(countOf(node, "ww_relayed_connections")).toBe(1);
    expect(serving).toBeDefined();

    // A third identity is one too many.
    await using late = await startTab([address]);
    await until(late, () => late.peers().length > 0);
    await expect
      .poll(() => countOf(node, 'ww_refused_total{what="reservation"}'))
      .toBeGreaterThan(0);
    expect(late.addrs()).toEqual([]);
  });
});

/** A connection from another computer, which tests on one computer cannot open. */
class Arriving extends EventTarget {
  readonly remoteAddr;
  status = "open";

  constructor(address: string) {
    super();
    this.remoteAddr = multiaddr(address);
  }

  send(): boolean {
    return true;
  }

  close(): void {
    this.status = "closed";
    this.dispatchEvent(new Event("close"));
  }
}

function isRefused(share: FairShare, connection: Arriving): unknown {
  return share.gater.denyInboundConnection?.(connection as unknown as MultiaddrConnection);
}

describe("createFairShare()", () => {
  const LIMITS = { ...SHARE_LIMITS, connections: 5, connectionsOfComputer: 2 };

  test.each([
    ["one address", "/ip4/192.0.2.1/tcp/1", "/ip4/192.0.2.1/tcp/2", "/ip4/192.0.2.2/tcp/1"],
    ["a mapped one", "/ip4/192.0.2.1/tcp/1", "/ip6/::ffff:192.0.2.1/tcp/2", "/ip4/192.0.2.2/tcp/1"],
    [
      "one network",
      "/ip6/2001:db8::1/tcp/1",
      "/ip6/2001:db8::2/tcp/1",
      "/ip6/2001:db8:0:1::1/tcp/1",
    ],
  ])("bounds the connections of a computer, by %s, until they end", (_, one, same, other) => {
    const share = createFairShare(LIMITS, () => undefined);
    const first = new Arriving(one);
    expect(isRefused(share, first)).toBe(false);
    expect(isRefused(share, new Arriving(same))).toBe(false);
    expect(isRefused(share, new Arriving(same))).toBe(true);
    expect(isRefused(share, new Arriving(other))).toBe(false);
    first.close();
    expect(isRefused(share, new Arriving(same))).toBe(false);
    expect(share.refused.connection).toBe(1);
  });

  test("bounds how many come from a computer in a second, though each has ended", () => {
    let time = 5000;
    const share = createFairShare(
      { ...LIMITS, connectionsPerSecond: 2 },
      () => undefined,
      () => time,
    );
    const arrive = (address: string): unknown => {
      const connection = new Arriving(address);
      const answer = isRefused(share, connection);
      connection.close();
      return answer;
    };
    const one = "/ip4/192.0.2.1/tcp/1";
    expect([arrive(one), arrive(one), arrive(one)]).toEqual([false, false, true]);
    expect(arrive("/ip4/192.0.2.2/tcp/1")).toBe(false);
    time += 1000;
    expect(arrive(one)).toBe(false);
    for (let count = 0; count < 5; count++) expect(arrive("/ip4/127.0.0.1/tcp/1")).toBe(false);
  });

  test("bounds those of this computer together with all others", () => {
    const share = createFairShare(LIMITS, () => undefined);
    for (const address of ["/ip4/127.0.0.1/tcp/1", "/ip6/::1/tcp/1", "/ip4/127.0.0.2/tcp/1"]) {
      expect(isRefused(share, new Arriving(address))).toBe(false);
    }
    expect(isRefused(share, new Arriving("/ip4/192.0.2.1/tcp/1"))).toBe(false);
    expect(isRefused(share, new Arriving("/ip4/127.0.0.1/tcp/2"))).toBe(false);
    expect(isRefused(share, new Arriving("/ip4/127.0.0.1/tcp/3"))).toBe(true);
    expect(isRefused(share, new Arriving("/ip4/192.0.2.2/tcp/1"))).toBe(true);
  });
});
