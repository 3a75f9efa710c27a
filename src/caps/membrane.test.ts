import { describe, expect, test } from "vitest";
import { createPipe, decodeText, encodeText, Exception } from "#base";
import type { Pipe } from "#base";
import { AnyClient, isNull, serve } from "#capnp";
import { Membrane, Signer, WetwareSession } from "#schema";
import type { PowerboxServer, SignerServer } from "#schema";
import { connect, createMemoryTransports, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import { createAccount } from "./account.ts";
import { toPayload, toPayloadType } from "./challenge.ts";
import type { MemoryKeys } from "./keys.testing.ts";
import { createMemoryKeys } from "./keys.testing.ts";
import { createBlobs } from "./blob.ts";
import { createEpochs } from "./epochs.ts";
import type { Epochs } from "./epochs.ts";
import { serveMembrane } from "./membrane.ts";
import type { MembranePowers, SignerPolicy } from "./membrane.ts";
import type { Node, PeerStreams, RunningProcess, SpawnRequest, Spawner } from "./powers.ts";

const PEER = new Uint8Array([1, 2, 3]);

const node: Node = {
  id: () => Promise.resolve(PEER),
  addrs: () => Promise.resolve([]),
  peers: () => Promise.resolve([{ peerId: PEER, addrs: [PEER] }]),
  connect: () => Promise.reject(new Exception("failed", "connect failed: nobody is there")),
};

/** A process that consists only of pipes. */
interface PipeProcess extends RunningProcess {
  readonly request: SpawnRequest;
  readonly pipes: Record<"stdin" | "stdout" | "stderr", Pipe>;
  readonly exit: (code: number) => void;
}

function createPipeSpawner(): { spawner: Spawner; started: PipeProcess[] } {
  const started: PipeProcess[] = [];
  const spawn = (request: SpawnRequest): Promise<RunningProcess> => {
    const { promise: exitCode, resolve: exit } = Promise.withResolvers<number>();
    const pipes = { stdin: createPipe(64), stdout: createPipe(64), stderr: createPipe(64) };
    const process = {
      request,
      pipes,
      exit,
      exitCode,
      stdin: pipes.stdin.sink,
      stdout: pipes.stdout.source,
      stderr: pipes.stderr.source,
      bootstrap: () => serve(AnyClient, {}),
      kill: () => exit(137),
    };
    started.push(process);
    return Promise.resolve(process);
  };
  return { spawner: { spawn }, started };
}

interface Bench extends Disposable {
  readonly guest: Connection;
  readonly epochs: Epochs;
  readonly started: PipeProcess[];
}

function openBench(policy?: SignerPolicy): Bench {
  const epochs = createEpochs(new Uint8Array([7]));
  const { spawner, started } = createPipeSpawner();
  const keys = createMemoryKeys();
  const blobs = createBlobs({ toCid: () => "cid" });
  const account = createAccount(() => 0);
  const holder = { pid: 0, name: "guest" };
  using membrane = serve(
    Membrane(WetwareSession),
    serveMembrane({
      epochs,
      node,
      spawner,
      account,
      holder,
      keys,
      powerbox,
      blobs,
      streams,
      clock: { nowMs: () => 0 },
      connectPeer,
      ...(policy && { policy }),
    }),
  );
  const [near, far] = createMemoryTransports();
  const host = connect(far, { bootstrap: membrane });
  const guest = connect(near);
  return {
    guest,
    epochs,
    started,
    [Symbol.dispose]() {
      guest[Symbol.dispose]();
      host[Symbol.dispose]();
    },
  };
}

describe("serveMembrane()", () => {
  test("grafts a session that carries its epoch and its authority", async () => {
    using bench = openBench();
    using membrane = bench.guest.bootstrap(Membrane(WetwareSession));
    using results = await membrane.graft(null);
    const { issuedEpoch, statusPoller, extension } = results.session;
    expect(issuedEpoch).toEqual({ seq: 0n, head: new Uint8Array([7]), adoptedBlock: 0n });
    expect((await statusPoller.pollStatus()).status).toBe("ok");
    expect((await extension.host.id()).peerId).toEqual(PEER);
    expect((await extension.host.peers()).peers).toEqual([{ peerId: PEER, addrs: [PEER] }]);
    expect((await extension.executor.echo("x")).response).toBe("Echo: x");
    await expect(extension.host.connect(PEER, [])).rejects.toThrow("connect failed: nobody");
  });

  test("starts a process whose streams, end and capability are the caller's", async () => {
    using bench = openBench();
    using membrane = bench.guest.bootstrap(Membrane(WetwareSession));
    using graft = membrane.graft(null);
    using executor = graft.session.extension.executor;
    using results = await executor.runBytes(new Uint8Array([0]), ["a"], ["K=v=w"]);
    const [process] = bench.started;
    expect(process?.request).toMatchObject({ args: ["a"], env: [["K", "v=w"]] });

    using stdin = results.process.stdin();
    await stdin.stream.write(encodeText("in"));
    expect(decodeText((await process?.pipes.stdin.source.read(9)) ?? new Uint8Array())).toBe("in");
    using stdout = results.process.stdout();
    const reading = stdout.stream.read(3);
    await process?.pipes.stdout.sink.write(encodeText("output"));
    expect(decodeText((await reading).data)).toBe("out");
    expect((await stdout.stream.read(0)).data).toEqual(new Uint8Array(0));
    expect(decodeText((await stdout.stream.read(100)).data)).toBe("put");
    process?.pipes.stdout.sink.close();
    expect((await stdout.stream.read(1)).data).toEqual(new Uint8Array(0));
    expect((await stdout.stream.read(1)).data).toEqual(new Uint8Array(0));
    await expect(stdout.stream.write(encodeText("x"))).rejects.toThrow("read-only");
    await expect(stdin.stream.read(1)).rejects.toThrow("write-only");
    await stdin.stream.close();
    await expect(stdin.stream.write(encodeText("x"))).rejects.toThrow("closed");

    using served = await results.process.bootstrap();
    expect(isNull(served.cap)).toBe(false);
    const waiting = results.process.wait();
    process?.exit(3);
    expect((await waiting).exitCode).toBe(3);
    expect((await results.process.wait()).exitCode).toBe(3);
  });

  test("refuses everything issued under an epoch that has passed, pipelined calls included", async () => {
    using bench = openBench();
    using membrane = bench.guest.bootstrap(Membrane(WetwareSession));
    using results = await membrane.graft(null);
    const { statusPoller, extension } = results.session;
    using child = await extension.executor.runBytes(new Uint8Array([0]), [], []);
    using obtained = await extension.host.executor();
    using ahead = extension.host.executor();
    using aheadExecutor = ahead.executor;
    bench.epochs.advance(new Uint8Array([8]));

    const stale = {
      kind: "failed",
      message: expect.stringMatching(
        /wetware\/call-guard\/staleEpoch.*staleEpoch: session epoch no longer current/,
      ),
    };
    await expect(extension.host.id()).rejects.toMatchObject(stale);
    await expect(extension.executor.echo("x")).rejects.toMatchObject(stale);
    await expect(statusPoller.pollStatus()).rejects.toMatchObject(stale);
    await expect(obtained.executor.echo("x")).rejects.toMatchObject(stale);
    await expect(aheadExecutor.echo("x")).rejects.toMatchObject(stale);
    await expect(child.process.wait()).rejects.toMatchObject(stale);

    using again = await membrane.graft(null);
    expect(again.session.issuedEpoch.seq).toBe(1n);
    expect((await again.session.extension.executor.echo("y")).response).toBe("Echo: y");
  });

  test("gives a session to a signer that has proved a key which the policy allows", async () => {
    const keys = createMemoryKeys();
    const others = createMemoryKeys();
    using bench = openBench({ isRequired: true, keys: [await keys.publicKey()] });
    using membrane = bench.guest.bootstrap(Membrane(WetwareSession));
    const graftWith = async (signer: SignerServer | null): Promise<string> => {
      using results = await membrane.graft(signer === null ? null : serve(Signer, signer));
      return (await results.session.extension.executor.echo("x")).response;
    };
    expect(await graftWith(signWith(keys))).toBe("Echo: x");
    const denied = { message: expect.stringContaining("ww-membrane/permission-denied") };
    await expect(graftWith(null)).rejects.toMatchObject(denied);
    await expect(graftWith(signWith(others))).rejects.toMatchObject(denied);
    await expect(graftWith(signWith(keys, 1n))).rejects.toMatchObject(denied);
    await expect(graftWith({ sign: () => ({ sig: new Uint8Array(0) }) })).rejects.toMatchObject(
      denied,
    );
  });

  test("gives everybody a session by default, but checks a signer that is given", async () => {
    using bench = openBench();
    using membrane = bench.guest.bootstrap(Membrane(WetwareSession));
    const signer = serve(Signer, { sign: () => ({ sig: new Uint8Array(3) }) });
    await expect(membrane.graft(signer)).rejects.toThrow("permission-denied");
    using results = await membrane.graft(null);
    expect((await results.session.extension.executor.echo("x")).response).toBe("Echo: x");
  });

  test("refuses a variable without a name before anything is started", async () => {
    using bench = openBench();
    using membrane = bench.guest.bootstrap(Membrane(WetwareSession));
    using results = await membrane.graft(null);
    const starting = results.session.extension.executor.runBytes(new Uint8Array(), [], ["=x"]);
    await expect(starting).rejects.toThrow('"=x" is not of the form NAME=value');
    expect(bench.started).toEqual([]);
  });
});

/** Answers the challenge of a graft. @param wrongly added to the nonce, for a wrong answer */
const signWith = (signing: MemoryKeys, wrongly = 0n): SignerServer => ({
  sign: async (domain, nonce) => ({
    sig: await signing.seal(domain, toPayloadType(domain), toPayload(nonce + wrongly)),
  }),
});

const streams: PeerStreams = {
  dial: () => Promise.reject(new Exception("disconnected", "nobody is there")),
  listen: async () => ({ [Symbol.dispose]: () => undefined }),
};
const connectPeer: MembranePowers["connectPeer"] = (duplex, bootstrap) =>
  connect(createStreamTransport(duplex), bootstrap && { bootstrap });

const powerbox = (): PowerboxServer => ({
  request: () => Promise.reject(new Error("nobody is asked")),
  restore: () => Promise.reject(new Error("nobody is asked")),
});
