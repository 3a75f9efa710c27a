/** A node for the tests of our guests: real connections and real child processes, but neither kernel nor mesh. */
import { toException, type ByteSink, type ByteSource } from "#base";
import { AnyClient, serve } from "#capnp";
import {
  ByteStream,
  Executor,
  Host,
  Membrane,
  Process,
  StatusPoller,
  WetwareSession,
  type ByteStreamServer,
  type ExecutorServer,
  type HostServer,
  type ProcessServer,
} from "#schema";
import { connect, createStreamTransport, type Connection } from "#rpc";
import { runComponent, type RunningComponent, type RunOptions } from "./run-component.ts";

/** The SHA-256 multihash that the node says is its peer id. */
export const PEER_ID: Uint8Array = Uint8Array.of(0x12, 0x20, ...new Uint8Array(32).fill(7));

export interface BootedImage extends Disposable {
  readonly main: RunningComponent;
  /** The kernel's side of the first process's connection. */
  readonly connection: Connection;
}

/** Runs an image's `bin/main.wasm` as pid0, with a membrane to graft on. */
export function bootImage(options: Omit<RunOptions, "args">): BootedImage {
  const main = runComponent(options.files?.["bin/main.wasm"] ?? new Uint8Array(0), {
    ...options,
    args: ["main"],
  });
  const membrane = serve(Membrane(WetwareSession), {
    graft: () => ({
      session: {
        issuedEpoch: { seq: 42n, head: new Uint8Array(0), adoptedBlock: 0n },
        statusPoller: serve(StatusPoller, { pollStatus: () => ({ status: "ok" }) }),
        extension: { host: serve(Host, createHost()), executor: serve(Executor, createExecutor()) },
      },
    }),
  });
  const connection = connect(createStreamTransport(main.rpc), { bootstrap: membrane });
  return {
    main,
    connection,
    [Symbol.dispose]() {
      connection[Symbol.dispose]();
      membrane[Symbol.dispose]();
    },
  };
}

function createHost(): HostServer {
  return {
    id: () => ({ peerId: PEER_ID }),
    addrs: () => ({ addrs: [] }),
    peers: () => ({ peers: [{ peerId: PEER_ID, addrs: [] }] }),
    connect: () => undefined,
    executor: () => ({ executor: serve(Executor, createExecutor()) }),
  };
}

function createExecutor(): ExecutorServer {
  return {
    echo: (message) => ({ response: `Echo: ${message}` }),
    runBytes(wasm, args, env) {
      const pairs = env.map((entry) => entry.split("=", 2) as [string, string]);
      const child = runComponent(wasm, { args: ["child", ...args], env: pairs });
      const host = serve(Host, createHost());
      void connect(createStreamTransport(child.rpc), { bootstrap: host }); // ends with the child
      return { process: serve(Process, createProcess(child)) };
    },
  };
}

function createProcess(child: RunningComponent): ProcessServer {
  return {
    stdin: () => ({ stream: serve(ByteStream, writable(child.stdin)) }),
    stdout: () => ({ stream: serve(ByteStream, readable(child.output)) }),
    stderr: () => ({ stream: serve(ByteStream, readable(child.errors)) }),
    async wait() {
      try {
        return { exitCode: await child.exited };
      } catch (error) {
        throw toException(error);
      }
    },
    bootstrap: () => ({ cap: serve(AnyClient, {}) }),
    kill: () => child.stdin[Symbol.dispose](),
  };
}

function readable(source: ByteSource): ByteStreamServer {
  return {
    read: async (maxBytes) => ({ data: (await source.read(maxBytes)) ?? new Uint8Array(0) }),
    write: () => Promise.reject(new TypeError("Stream is read-only")),
    close: () => source[Symbol.dispose](),
  };
}

function writable(sink: ByteSink): ByteStreamServer {
  return {
    read: () => Promise.reject(new TypeError("Stream is write-only")),
    write: (data) => sink.write(data),
    close: () => sink.close(),
  };
}
