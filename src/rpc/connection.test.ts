import { describe, expect, test } from "vitest";
import { createDuplexPair, Exception } from "#base";
import { cast, dup, isNull, serve } from "#capnp";
import { ByteStream, Executor, Host, Membrane, Process, Signer, WetwareSession } from "#schema";
import type { ByteStreamServer, ExecutorServer, HostServer, ProcessServer } from "#schema";
import { connect } from "./connection.ts";
import { connectVats } from "./vats.testing.ts";
import { createMemoryTransports } from "./memory-transport.ts";
import { createStreamTransport } from "./stream-transport.ts";

const echoing: ExecutorServer = {
  echo: (message) => ({ response: `Echo: ${message}` }),
  runBytes: () => {
    throw new Exception("overloaded", "Too many processes");
  },
};

function createHost(overrides: Partial<HostServer> = {}): HostServer {
  return {
    id: () => ({ peerId: new Uint8Array([1, 2, 3]) }),
    addrs: () => ({ addrs: [new Uint8Array([4]), new Uint8Array(0)] }),
    peers: () => ({ peers: [{ peerId: new Uint8Array([5]), addrs: [] }] }),
    connect: () => undefined,
    executor: () => ({ executor: echoing }),
    ...overrides,
  };
}

describe("connect()", () => {
  test("calls a method and gives its results", async () => {
    await using vats = connectVats(Host, createHost());
    expect((await vats.root.id()).peerId).toEqual(new Uint8Array([1, 2, 3]));
    expect((await vats.root.addrs()).addrs).toEqual([new Uint8Array([4]), new Uint8Array(0)]);
    const { peers } = await vats.root.peers();
    expect(peers).toEqual([{ peerId: new Uint8Array([5]), addrs: [] }]);
  });

  test("passes parameters in order", async () => {
    const seen: unknown[] = [];
    await using vats = connectVats(
      Host,
      createHost({ connect: (peerId, addrs) => void seen.push(peerId, addrs) }),
    );
    await vats.root.connect(new Uint8Array([9]), [new Uint8Array([8])]);
    expect(seen).toEqual([new Uint8Array([9]), [new Uint8Array([8])]]);
  });

  test("carries a pipelined call without waiting for the first answer", async () => {
    const opened = Promise.withResolvers<void>();
    const host = createHost({
      executor: async () => {
        await opened.promise;
        return { executor: echoing };
      },
    });
    await using vats = connectVats(Host, host);
    using pending = vats.root.executor();
    using executor = pending.executor;
    const both = Promise.all([executor.echo("a"), executor.echo("b")]);
    // The bootstrap, the executor and two echoes have left before anything came back.
    expect(vats.client.tableSizes.questions).toBe(4);
    opened.resolve();
    expect((await both).map(({ response }) => response)).toEqual(["Echo: a", "Echo: b"]);
  });

  test("pipelines through nested structs and generic fields", async () => {
    using membrane = serve(Membrane(WetwareSession), {
      graft: () => ({
        session: {
          issuedEpoch: { seq: 7n, head: new Uint8Array([1]) },
          extension: { host: createHost(), executor: echoing },
        },
      }),
    });
    await using vats = connectVats(Executor, echoing);
    const [near, far] = createMemoryTransports();
    using client = connect(near);
    using server = connect(far, { bootstrap: membrane });
    using root = client.bootstrap(Membrane(WetwareSession));
    using graft = root.graft(null);
    using host = graft.session.extension.host;
    using executor = host.executor().executor;
    expect((await executor.echo("deep")).response).toBe("Echo: deep");
    using results = await root.graft(null);
    expect(results.session.issuedEpoch.seq).toBe(7n);
    expect(isNull(results.session.statusPoller)).toBe(true);
    expect(server.failure).toBeUndefined();
    expect(vats.client.failure).toBeUndefined();
  });

  test("delivers calls on one target in order", async () => {
    const seen: string[] = [];
    await using vats = connectVats(Executor, {
      ...echoing,
      echo: (message) => {
        seen.push(message);
        return { response: "" };
      },
    });
    const sent = Array.from({ length: 50 }, (_, i) => `${i}`);
    await Promise.all(sent.map((message) => vats.root.echo(message)));
    expect(seen).toEqual(sent);
  });

  test.each(["failed", "overloaded", "disconnected", "unimplemented"] as const)(
    "carries an exception of type %s",
    async (kind) => {
      const throwing = {
        ...echoing,
        echo: () => {
          throw new Exception(kind, "Cannot echo");
        },
      };
      await using vats = connectVats(Executor, throwing);
      await expect(vats.root.echo("x")).rejects.toMatchObject({ kind, message: "Cannot echo" });
    },
  );

  test("answers an unknown interface and an unknown method with unimplemented", async () => {
    await using vats = connectVats(Executor, echoing);
    using wrong = cast(vats.root, Host);
    await expect(wrong.id()).rejects.toMatchObject({ kind: "unimplemented" });
  });

  test("lends a parameter's capability until the call returns, and dup() keeps it", async () => {
    let kept: ByteStream | undefined;
    let streamEnded = false;
    const stream: ByteStreamServer & Disposable = {
      read: () => ({ data: new Uint8Array([42]) }),
      write: () => undefined,
      close: () => undefined,
      [Symbol.dispose]: () => void (streamEnded = true),
    };
    await using vats = connectVats(Membrane(WetwareSession), {
      graft: (signer) => {
        using again = dup(signer);
        kept = cast(again, ByteStream);
        return {};
      },
    });
    {
      using given = serve(ByteStream, stream);
      using signer = cast(given, Signer);
      using results = await vats.root.graft(signer);
      expect(isNull(results.session.statusPoller)).toBe(true);
    }
    expect(streamEnded).toBe(false);
    expect((await kept?.read(1))?.data).toEqual(new Uint8Array([42]));
    kept?.[Symbol.dispose]();
    await expect.poll(() => streamEnded).toBe(true);
  });

  test("sends a capability home when it returns to where it lives", async () => {
    await using vats = connectVats(Process, {
      ...emptyProcess,
      bootstrap: () => ({ cap: serve(Host, createHost()) }),
    });
    const { cap } = await vats.root.bootstrap();
    const received = cast(cap, Host);
    cap[Symbol.dispose]();
    expect((await received.id()).peerId).toEqual(new Uint8Array([1, 2, 3]));
    expect(vats.client.tableSizes.imports).toBe(2);
    received[Symbol.dispose]();
  });

  test("tells a served method when its caller has gone", async () => {
    const started = Promise.withResolvers<void>();
    const canceled = Promise.withResolvers<void>();
    await using vats = connectVats(Process, {
      ...emptyProcess,
      wait: (context) =>
        new Promise((_, reject) => {
          started.resolve();
          context.signal.addEventListener("abort", () => {
            canceled.resolve();
            reject(new Exception("failed", "Canceled"));
          });
        }),
    });
    const stop = new AbortController();
    const waiting = vats.root.wait({ signal: stop.signal });
    const outcome = expect(waiting).rejects.toBe("enough");
    await started.promise;
    stop.abort("enough");
    await outcome;
    await canceled.promise;
  });

  test("fails everything with disconnected when the peer goes", async () => {
    const vats = connectVats(Process, {
      ...emptyProcess,
      wait: () => new Promise(() => undefined),
    });
    const waiting = vats.root.wait();
    const outcome = expect(waiting).rejects.toMatchObject({ kind: "disconnected" });
    vats.server[Symbol.dispose]();
    await outcome;
    await expect(vats.root.wait()).rejects.toMatchObject({ kind: "disconnected" });
    await vats[Symbol.asyncDispose]();
  });

  test("bootstraps a vat without bootstrap capability into an exception", async () => {
    const [near, far] = createMemoryTransports();
    using client = connect(near);
    using server = connect(far);
    using root = client.bootstrap(Host);
    await expect(root.id()).rejects.toMatchObject({ kind: "failed" });
    expect(server.failure).toBeUndefined();
  });

  test("carries a payload larger than the window of the stream, cut anywhere", async () => {
    const [near, far] = createDuplexPair(1000);
    const transports = [createStreamTransport(near), createStreamTransport(far)] as const;
    const bytes = new Uint8Array(300_000).map((_, i) => i % 251);
    await using vats = connectVats(
      ByteStream,
      { read: () => ({ data: bytes }), write: () => undefined, close: () => undefined },
      [...transports],
    );
    expect((await vats.root.read(1)).data).toEqual(bytes);
    await vats.root.write(bytes);
  });

  test("ends the connection with the reason when the peer sends nonsense", async () => {
    const [near, far] = createMemoryTransports();
    using client = connect(near);
    far.start({ onFrame: () => undefined, onClosed: () => undefined });
    void far.send([new Uint8Array([0, 0, 0, 0, 255, 0, 0, 0])]);
    expect(await client.closed).toMatchObject({ kind: "failed" });
  });
});

const emptyProcess: ProcessServer = {
  stdin: () => ({}),
  stdout: () => ({}),
  stderr: () => ({}),
  wait: () => ({ exitCode: 0 }),
  bootstrap: () => ({}),
  kill: () => undefined,
};
