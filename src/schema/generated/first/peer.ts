/** Generated from peer.capnp, file id 0xbf5147b78c0e6a2f. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "../common/node.ts";

/**
 * The node that runs the caller.
 * @see first/peer.capnp:Host, 0x9ea70c8c9aefb70c
 */
export interface Host extends $.Client<HostServer> {
  id(options?: $.CallOptions): $.Call<{ readonly peerId: Uint8Array }>;
  /** The addresses at which peers can reach this node now; may be empty. */
  addrs(options?: $.CallOptions): $.Call<{ readonly addrs: readonly Uint8Array[] }>;
  /** The connected peers. */
  peers(options?: $.CallOptions): $.Call<{ readonly peers: readonly node_.PeerInfo[] }>;
  /** Returns once the node is connected to the peer. Malformed addresses are skipped. */
  connect(
    peerId: $.Init<Uint8Array>,
    addrs: $.Init<readonly Uint8Array[]>,
    options?: $.CallOptions,
  ): $.Call<object>;
  executor(options?: $.CallOptions): $.Call<{ readonly executor: Executor }>;
}
/** What an object implements to be served as `Host`. */
export interface HostServer {
  id(context: $.CallContext): $.Served<{ readonly peerId: Uint8Array }>;
  /** The addresses at which peers can reach this node now; may be empty. */
  addrs(context: $.CallContext): $.Served<{ readonly addrs: readonly Uint8Array[] }>;
  /** The connected peers. */
  peers(context: $.CallContext): $.Served<{ readonly peers: readonly node_.PeerInfo[] }>;
  /** Returns once the node is connected to the peer. Malformed addresses are skipped. */
  connect(
    peerId: Uint8Array,
    addrs: readonly Uint8Array[],
    context: $.CallContext,
  ): void | Promise<void>;
  executor(context: $.CallContext): $.Served<{ readonly executor: Executor }>;
}
const Host_id_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb36555c6fe67a030n,
  name: "Host.id$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Host_id_results: $.StructType<{ readonly peerId: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe7082d37d1a4b2f8n,
    name: "Host.id$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ peerId: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.peerId !== undefined) {
          f = "peerId";
          $.Data.write(s.pointer(0), value.peerId);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Host_addrs_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd4a226741bd30ca3n,
  name: "Host.addrs$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Host_addrs_results: $.StructType<{ readonly addrs: readonly Uint8Array[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf88f3f70b7ff6492n,
    name: "Host.addrs$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ addrs: $.Data.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.addrs !== undefined) {
          f = "addrs";
          $.Data.writeList(s.pointer(0), value.addrs);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Host_peers_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe6e20262e79b3f1cn,
  name: "Host.peers$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Host_peers_results: $.StructType<{ readonly peers: readonly node_.PeerInfo[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xbeb702137f2b431dn,
    name: "Host.peers$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ peers: node_.PeerInfo.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.peers !== undefined) {
          f = "peers";
          node_.PeerInfo.writeList(s.pointer(0), value.peers);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Host_connect_params: $.StructType<{
  readonly peerId: Uint8Array;
  readonly addrs: readonly Uint8Array[];
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xeefc4ef50b9ebf5en,
  name: "Host.connect$Params",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ peerId: $.Data.read(s.pointer(0)), addrs: $.Data.readList(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.peerId !== undefined) {
        f = "peerId";
        $.Data.write(s.pointer(0), value.peerId);
      }
      if (value.addrs !== undefined) {
        f = "addrs";
        $.Data.writeList(s.pointer(1), value.addrs);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Host_connect_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xcd6d51ed4fe1db9fn,
  name: "Host.connect$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Host_executor_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xaae7e1ad6ab59082n,
  name: "Host.executor$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Host_executor_results: $.StructType<{ readonly executor: Executor }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc15f52d514bcb889n,
    name: "Host.executor$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { executor: [0, () => Executor] },
    read: (s) => ({ executor: Executor.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.executor !== undefined) {
          f = "executor";
          Executor.write(s.pointer(0), value.executor);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Host: $.InterfaceType<Host> = /* @__PURE__ */ $.defineInterface<Host>({
  id: 0x9ea70c8c9aefb70cn,
  name: "Host",
  methods: [
    { name: "id", parameters: [], params: () => Host_id_params, results: () => Host_id_results },
    {
      name: "addrs",
      parameters: [],
      params: () => Host_addrs_params,
      results: () => Host_addrs_results,
    },
    {
      name: "peers",
      parameters: [],
      params: () => Host_peers_params,
      results: () => Host_peers_results,
    },
    {
      name: "connect",
      parameters: ["peerId", "addrs"],
      params: () => Host_connect_params,
      results: () => Host_connect_results,
    },
    {
      name: "executor",
      parameters: [],
      params: () => Host_executor_params,
      results: () => Host_executor_results,
    },
  ],
});

/**
 * Starts processes.
 * @see first/peer.capnp:Executor, 0xbfa37c1e99b4a492
 */
export interface Executor extends $.Client<ExecutorServer> {
  /** Starts a WASI component; returns once it has started. Each entry of env is "NAME=value". */
  runBytes(
    wasm: $.Init<Uint8Array>,
    args: readonly string[],
    env: readonly string[],
    options?: $.CallOptions,
  ): $.Call<{ readonly process: node_.Process }>;
  /** Answers "Echo: " and the message. */
  echo(message: string, options?: $.CallOptions): $.Call<{ readonly response: string }>;
}
/** What an object implements to be served as `Executor`. */
export interface ExecutorServer {
  /** Starts a WASI component; returns once it has started. Each entry of env is "NAME=value". */
  runBytes(
    wasm: Uint8Array,
    args: readonly string[],
    env: readonly string[],
    context: $.CallContext,
  ): $.Served<{ readonly process: node_.Process }>;
  /** Answers "Echo: " and the message. */
  echo(message: string, context: $.CallContext): $.Served<{ readonly response: string }>;
}
const Executor_runBytes_params: $.StructType<{
  readonly wasm: Uint8Array;
  readonly args: readonly string[];
  readonly env: readonly string[];
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xfd99858edaec5cben,
  name: "Executor.runBytes$Params",
  dataWords: 0,
  pointers: 3,
  read: (s) => ({
    wasm: $.Data.read(s.pointer(0)),
    args: $.Text.readList(s.pointer(1)),
    env: $.Text.readList(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.wasm !== undefined) {
        f = "wasm";
        $.Data.write(s.pointer(0), value.wasm);
      }
      if (value.args !== undefined) {
        f = "args";
        $.Text.writeList(s.pointer(1), value.args);
      }
      if (value.env !== undefined) {
        f = "env";
        $.Text.writeList(s.pointer(2), value.env);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Executor_runBytes_results: $.StructType<{ readonly process: node_.Process }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc831f10a1507db94n,
    name: "Executor.runBytes$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { process: [0, () => node_.Process] },
    read: (s) => ({ process: node_.Process.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.process !== undefined) {
          f = "process";
          node_.Process.write(s.pointer(0), value.process);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Executor_echo_params: $.StructType<{ readonly message: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd018ea8912f6f6b0n,
    name: "Executor.echo$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ message: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.message !== undefined) {
          f = "message";
          $.Text.write(s.pointer(0), value.message);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Executor_echo_results: $.StructType<{ readonly response: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xeddd325c5b87460an,
    name: "Executor.echo$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ response: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.response !== undefined) {
          f = "response";
          $.Text.write(s.pointer(0), value.response);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Executor: $.InterfaceType<Executor> = /* @__PURE__ */ $.defineInterface<Executor>({
  id: 0xbfa37c1e99b4a492n,
  name: "Executor",
  methods: [
    {
      name: "runBytes",
      parameters: ["wasm", "args", "env"],
      params: () => Executor_runBytes_params,
      results: () => Executor_runBytes_results,
    },
    {
      name: "echo",
      parameters: ["message"],
      params: () => Executor_echo_params,
      results: () => Executor_echo_results,
    },
  ],
});
