import { describe, expect, test } from "vitest";
import { createDuplexPair, encodeText, Exception } from "#base";
import type { Duplex } from "#base";
import type { PeerStreams } from "#caps";
import { openPeerPorts, servePeerPorts } from "./peer-ports.ts";
import type { OpenedPorts } from "./peer-ports.ts";

const PEER = Uint8Array.of(1, 2, 3);

interface Bench extends Disposable {
  readonly kernel: OpenedPorts;
  /** Opens a stream as a peer does. */
  arrive(protocol: string, duplex: Duplex): void;
}

/** A page and its kernel. The page's node cannot start while `isBroken`. */
function openBench(node: { isBroken: boolean }): Bench {
  const { port1, port2 } = new MessageChannel();
  const listening = new Map<string, (duplex: Duplex, peerId: Uint8Array) => void>();
  const streams: PeerStreams = {
    dial: async () => {
      throw new Exception("unimplemented", "The peer does not serve it");
    },
    async listen(protocol, take) {
      if (node.isBroken) throw new Exception("disconnected", "The node cannot start");
      listening.set(protocol, take);
      return { [Symbol.dispose]: () => void listening.delete(protocol) };
    },
  };
  servePeerPorts(port1, streams, (accepted) => kernel.accept(accepted));
  const kernel = openPeerPorts(port2);
  return {
    kernel,
    arrive: (protocol, duplex) => listening.get(protocol)?.(duplex, PEER),
    [Symbol.dispose]() {
      port1.close();
      port2.close();
    },
  };
}

describe("peer ports", () => {
  test("carry a stream that a peer opens, once the page serves it", async () => {
    using bench = openBench({ isBroken: false });
    const { streams } = bench.kernel;
    const { promise: taken, resolve } = Promise.withResolvers<readonly [Duplex, Uint8Array]>();
    using serving = await streams.listen("/a", (duplex, peerId) => resolve([duplex, peerId]));
    const [near, far] = createDuplexPair(1024);
    bench.arrive("/a", near);
    const [duplex, peerId] = await taken;
    expect(peerId).toEqual(PEER);
    await duplex.sink.write(encodeText("hello"));
    expect(await far.source.read(10)).toEqual(encodeText("hello"));
    duplex[Symbol.dispose]();
    await expect(streams.listen("/a", () => undefined)).rejects.toThrow("it is served already");
    expect(serving).toBeDefined();
  });

  test("tell why the page cannot serve, and let it be tried again", async () => {
    const node = { isBroken: true };
    using bench = openBench(node);
    const { streams } = bench.kernel;
    const failure = { kind: "disconnected", message: "The node cannot start" };
    await expect(streams.listen("/a", () => undefined)).rejects.toMatchObject(failure);
    node.isBroken = false;
    using serving = await streams.listen("/a", () => undefined);
    expect(serving).toBeDefined();
  });

  test("tell why a peer cannot be reached, with the kind", async () => {
    using bench = openBench({ isBroken: false });
    const failure = { kind: "unimplemented", message: "The peer does not serve it" };
    await expect(bench.kernel.streams.dial(PEER, "/a")).rejects.toMatchObject(failure);
  });
});
