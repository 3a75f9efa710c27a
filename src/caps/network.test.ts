import { describe, expect, test } from "vitest";
import { createDuplexPair, createPipe, Exception } from "#base";
import type { Duplex } from "#base";
import { AnyClient, cast, dup, serve } from "#capnp";
import type { Client } from "#capnp";
import {
  Executor as Echo,
  Network,
  StreamAcceptor,
  StreamDialer,
  VatClient,
  VatListener,
} from "#schema";
import { Executor, Host } from "#schema/later";
import { connect, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import { createAccount } from "./account.ts";
import type { Account, Entry } from "./account.ts";
import { createEpochs } from "./epochs.ts";
import { grant } from "./grant.ts";
import { createGuard } from "./guard.ts";
import { createHttpHandlers } from "./http-handlers.ts";
import { createMemoryKeys } from "./keys.testing.ts";
import { serveLaterHost } from "./later/host.ts";
import { openNetwork, serveNetwork } from "./network.ts";
import type { SessionNetwork } from "./network.ts";
import type { Node, PeerStreams } from "./powers.ts";
import { serveProcess } from "./process.ts";

type Taker = Parameters<PeerStreams["listen"]>[1];

interface Bench {
  readonly account: Account;
  /** The session's entry. */
  readonly entry: Entry;
  readonly network: SessionNetwork;
  readonly listener: VatListener;
  /** The peers' ends of dialled connections. */
  readonly dialled: readonly Connection[];
  /** Opens a stream as the peer does; `undefined` if the protocol is not served. */
  open(peer: number, protocol: string): Duplex | undefined;
  readonly served: readonly string[];
}

/** A session whose own dials all reach one peer, which answers with an echo. */
function openBench(): Bench {
  const takers = new Map<string, Taker>();
  const dialled: Connection[] = [];
  const account = createAccount(() => 0);
  const entry = account.enter({ holder: { pid: 1, name: "image" }, name: "network", label: "" });
  const streams: PeerStreams = {
    async dial() {
      const [near, far] = createDuplexPair(WINDOW);
      dialled.push(connect(createStreamTransport(far), { bootstrap: serveEcho() }));
      return near;
    },
    async listen(protocol, take) {
      if (takers.has(protocol)) throw new Exception("failed", "it is served already");
      takers.set(protocol, take);
      return { [Symbol.dispose]: () => void takers.delete(protocol) };
    },
  };
  const network = openNetwork(
    {
      streams,
      keys: createMemoryKeys(),
      epochs: createEpochs(new Uint8Array(0)),
      clock: { nowMs: () => 0 },
      connectPeer: (duplex, bootstrap) =>
        connect(createStreamTransport(duplex), bootstrap && { bootstrap }),
    },
    entry,
  );
  return {
    account,
    entry,
    network,
    listener: serve(VatListener, network.vatListener),
    dialled,
    open(peer, protocol) {
      const [near, far] = createDuplexPair(WINDOW);
      const take = takers.get(protocol);
      if (take === undefined) return undefined;
      take(far, Uint8Array.of(peer));
      return near;
    },
    get served() {
      return [...takers.keys()];
    },
  };
}

const NODE: Node = {
  id: async () => Uint8Array.of(7),
  addrs: async () => [],
  peers: async () => [],
  connect: async () => undefined,
};
const WINDOW = 64 * 1024;
const VAT = "/ww/0.1.0/vat/echo";
const STREAM = "/ww/0.1.0/stream/lines";
/** Maximum number of connections of one peer to one service. */
const PEER_LIMIT = 8;

const serveEcho = (): Echo =>
  serve(Echo, {
    echo: (message) => ({ response: message }),
    runBytes: () => Promise.reject(new Error("nothing is run")),
  });

const connectTo = (duplex: Duplex | undefined): Connection =>
  connect(createStreamTransport(duplex ?? expect.unreachable("nobody serves")));

async function isOpen(connection: Connection): Promise<boolean> {
  using echo = connection.bootstrap(Echo);
  return echo.echo("x").then(
    () => true,
    () => false,
  );
}

describe("VatListener", () => {
  test("serves every peer, and none more than its share", async () => {
    const bench = openBench();
    await bench.listener.serveRaw(serveEcho(), "echo");
    const connections = Array.from({ length: PEER_LIMIT + 1 }, () => connectTo(bench.open(1, VAT)));
    const open = await Promise.all(connections.map(isOpen));
    expect(open).toEqual([...Array.from({ length: PEER_LIMIT }, () => true), false]);
    expect(await isOpen(connectTo(bench.open(2, VAT)))).toBe(true);
    // A connection that has ended makes room for another.
    connections[0]?.[Symbol.dispose]();
    await expect.poll(() => isOpen(connectTo(bench.open(1, VAT)))).toBe(true);
  });

  test("says that a name is none, or is served already", async () => {
    const { listener } = openBench();
    await expect(listener.serveRaw(serveEcho(), "a/b")).rejects.toThrow("no name of a service");
    await listener.serveRaw(serveEcho(), "echo");
    await expect(listener.serveRaw(serveEcho(), "echo")).rejects.toThrow("served already");
  });

  test("ends with the grant, and cuts the connections", async () => {
    const bench = openBench();
    await bench.listener.serveRaw(serveEcho(), "echo");
    const connection = connectTo(bench.open(1, VAT));
    expect(await isOpen(connection)).toBe(true);
    bench.account.revoke(1);
    await connection.closed;
    expect(bench.served).toEqual([]);
    await expect(bench.listener.serveRaw(serveEcho(), "echo")).rejects.toThrow("revoked");
  });
});

/** The network of a session, and the one that a child was granted. */
function passOn({ account, entry, network }: Bench): {
  readonly own: Network;
  readonly passed: Network;
} {
  const guard = createGuard(entry.lifetime, entry);
  account.bind(guard, entry);
  const own = guard.handOut(serve(Network, serveNetwork(network)), Network);
  const about = { holder: CHILD, via: entry, name: "network", label: "passed on" };
  return { own, passed: grant(account, about, dup(own), Network).client };
}

const CHILD = { pid: 2, name: "child" };

const ENDS: Readonly<Record<string, (account: Account) => void>> = {
  "is revoked": (account) =>
    void account.revoke(account.entries.find(({ pid }) => pid === CHILD.pid)?.id ?? 0),
  "has lost its holder": (account) => account.leave(CHILD.pid),
};

test.each(Object.keys(ENDS))(
  "a network that was passed on takes with it what its holder served and dialled, when it %s",
  async (how) => {
    const bench = openBench();
    const { own, passed } = passOn(bench);
    await own.vatListener().vatListener.serveRaw(serveEcho(), "own");
    await passed.vatListener().vatListener.serveRaw(serveEcho(), "echo");
    let disposed = 0;
    const held: Disposable[] = [];
    const served = {
      // The acceptor keeps the stream.
      accept: async (_: Uint8Array, stream: Client) => void held.push(dup(stream)),
      [Symbol.dispose]: () => void disposed++,
    };
    const acceptor = serve(StreamAcceptor, served);
    await passed.acceptStreams("lines", acceptor);
    acceptor[Symbol.dispose]();
    const connection = connectTo(bench.open(1, VAT));
    expect(await isOpen(connection)).toBe(true);
    const stream = bench.open(1, STREAM) ?? expect.unreachable("nobody serves");
    await expect.poll(() => held).toHaveLength(1);
    using dialled = await passed.vatClient().vatClient.dial(Uint8Array.of(1), "echo");
    expect(dialled.cap).toBeDefined();
    expect(bench.served).toEqual(["/ww/0.1.0/vat/own", VAT, STREAM]);

    ENDS[how]?.(bench.account);
    await connection.closed;
    await bench.dialled[0]?.closed;
    await expect(stream.source.read(1)).rejects.toThrow("cut");
    expect(bench.served).toEqual(["/ww/0.1.0/vat/own"]);
    expect(disposed).toBe(1);
    // The name is free again.
    await own.vatListener().vatListener.serveRaw(serveEcho(), "echo");
    expect(await isOpen(connectTo(bench.open(1, VAT)))).toBe(true);
  },
);

test("VatClient holds no more connections than 64, and takes those for new ones that nothing uses", async () => {
  const client = serve(VatClient, openBench().network.vatClient);
  const held: Echo[] = [];
  const dial = async (): Promise<Echo> => {
    using results = await client.dial(Uint8Array.of(1), "echo");
    return cast(results.cap, Echo);
  };
  for (let count = 0; count < 64; count++) held.push(await dial());
  await expect(dial()).rejects.toMatchObject({ kind: "overloaded" });
  held[0]?.[Symbol.dispose]();
  await expect.poll(() => dial().then(() => "dialled", String)).toBe("dialled");
});

test("StreamDialer opens no more streams than 128, and another one when one has ended", async () => {
  const dialer = serve(StreamDialer, openBench().network.streamDialer);
  const dial = () => dialer.dial(Uint8Array.of(1), "lines");
  const held = [];
  for (let count = 0; count < 128; count++) held.push(await dial());
  await expect(dial()).rejects.toMatchObject({ kind: "overloaded" });
  held[0]?.[Symbol.dispose]();
  await expect.poll(() => dial().then(() => "opened", String)).toBe("opened");
});

describe("StreamListener of the later host", () => {
  test("ends the process of a stream that its peer cuts", async () => {
    const bench = openBench();
    const killed = Promise.withResolvers<void>();
    const [input, output] = [createPipe(WINDOW), createPipe(WINDOW)];
    const process = serveProcess({
      stdin: input.sink,
      stdout: output.source,
      stderr: createPipe(WINDOW).source,
      exitCode: new Promise(() => undefined),
      bootstrap: () => serve(AnyClient, {}),
      kill: killed.resolve,
    });
    const executor = serve(Executor, {
      spawn: () => ({ process }),
      cid: () => ({ cid: "bafk" }),
    });
    const host = serve(
      Host,
      serveLaterHost({
        node: NODE,
        network: bench.network,
        handlers: createHttpHandlers(),
        entry: bench.entry,
      }),
    );
    using network = await host.network();
    await network.streamListener.listen(executor, "lines", []);
    const stream = bench.open(1, STREAM) ?? expect.unreachable("nobody serves");
    await stream.sink.write(Uint8Array.of(1));
    expect(await input.source.read(10)).toEqual(Uint8Array.of(1));
    stream[Symbol.dispose]();
    await killed.promise;
  });
});
