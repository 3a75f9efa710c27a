/** Generated from system.capnp, file id 0xbf5147b78c0e6a2f. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "../common/node.ts";
import * as network_ from "../common/network.ts";
import * as grants_ from "../common/grants.ts";

/**
 * The node that runs the caller.
 * @see later/system.capnp:Host, 0x9ea70c8c9aefb70c
 */
export interface Host extends $.Client<HostServer> {
  id(options?: $.CallOptions): $.Call<{ readonly peerId: Uint8Array }>;
  addrs(options?: $.CallOptions): $.Call<{ readonly addrs: readonly Uint8Array[] }>;
  peers(options?: $.CallOptions): $.Call<{ readonly peers: readonly node_.PeerInfo[] }>;
  network(options?: $.CallOptions): $.Call<{
    readonly streamListener: StreamListener;
    readonly streamDialer: network_.StreamDialer;
    readonly vatListener: network_.VatListener;
    readonly vatClient: network_.VatClient;
    readonly httpListener: HttpListener;
  }>;
}
/** What an object implements to be served as `Host`. */
export interface HostServer {
  id(context: $.CallContext): $.Served<{ readonly peerId: Uint8Array }>;
  addrs(context: $.CallContext): $.Served<{ readonly addrs: readonly Uint8Array[] }>;
  peers(context: $.CallContext): $.Served<{ readonly peers: readonly node_.PeerInfo[] }>;
  network(context: $.CallContext): $.Served<{
    readonly streamListener: StreamListener;
    readonly streamDialer: network_.StreamDialer;
    readonly vatListener: network_.VatListener;
    readonly vatClient: network_.VatClient;
    readonly httpListener: HttpListener;
  }>;
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
const Host_network_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xeefc4ef50b9ebf5en,
  name: "Host.network$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Host_network_results: $.StructType<{
  readonly streamListener: StreamListener;
  readonly streamDialer: network_.StreamDialer;
  readonly vatListener: network_.VatListener;
  readonly vatClient: network_.VatClient;
  readonly httpListener: HttpListener;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xcd6d51ed4fe1db9fn,
  name: "Host.network$Results",
  dataWords: 0,
  pointers: 5,
  pipelined: {
    streamListener: [0, () => StreamListener],
    streamDialer: [1, () => network_.StreamDialer],
    vatListener: [2, () => network_.VatListener],
    vatClient: [3, () => network_.VatClient],
    httpListener: [4, () => HttpListener],
  },
  read: (s) => ({
    streamListener: StreamListener.read(s.pointer(0)),
    streamDialer: network_.StreamDialer.read(s.pointer(1)),
    vatListener: network_.VatListener.read(s.pointer(2)),
    vatClient: network_.VatClient.read(s.pointer(3)),
    httpListener: HttpListener.read(s.pointer(4)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.streamListener !== undefined) {
        f = "streamListener";
        StreamListener.write(s.pointer(0), value.streamListener);
      }
      if (value.streamDialer !== undefined) {
        f = "streamDialer";
        network_.StreamDialer.write(s.pointer(1), value.streamDialer);
      }
      if (value.vatListener !== undefined) {
        f = "vatListener";
        network_.VatListener.write(s.pointer(2), value.vatListener);
      }
      if (value.vatClient !== undefined) {
        f = "vatClient";
        network_.VatClient.write(s.pointer(3), value.vatClient);
      }
      if (value.httpListener !== undefined) {
        f = "httpListener";
        HttpListener.write(s.pointer(4), value.httpListener);
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
      name: "network",
      parameters: [],
      params: () => Host_network_params,
      results: () => Host_network_results,
    },
  ],
});

/** @see later/system.capnp:Runtime, 0x87384748df10173c */
export interface Runtime extends $.Client<RuntimeServer> {
  /** Compiles a component. Its bytes are sent once, however many processes are started from it. */
  load(wasm: $.Init<Uint8Array>, options?: $.CallOptions): $.Call<{ readonly executor: Executor }>;
  /** Ends the run of the caller. */
  shutdown(options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `Runtime`. */
export interface RuntimeServer {
  /** Compiles a component. Its bytes are sent once, however many processes are started from it. */
  load(wasm: Uint8Array, context: $.CallContext): $.Served<{ readonly executor: Executor }>;
  /** Ends the run of the caller. */
  shutdown(context: $.CallContext): void | Promise<void>;
}
const Runtime_load_params: $.StructType<{ readonly wasm: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd5bd08c30fb07aa0n,
    name: "Runtime.load$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ wasm: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.wasm !== undefined) {
          f = "wasm";
          $.Data.write(s.pointer(0), value.wasm);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Runtime_load_results: $.StructType<{ readonly executor: Executor }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8816105d90f6fa4cn,
    name: "Runtime.load$Results",
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
const Runtime_shutdown_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xfe5d0dfe60a62c00n,
  name: "Runtime.shutdown$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Runtime_shutdown_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xaedbc784127e40cbn,
  name: "Runtime.shutdown$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const Runtime: $.InterfaceType<Runtime> = /* @__PURE__ */ $.defineInterface<Runtime>({
  id: 0x87384748df10173cn,
  name: "Runtime",
  methods: [
    {
      name: "load",
      parameters: ["wasm"],
      params: () => Runtime_load_params,
      results: () => Runtime_load_results,
    },
    {
      name: "shutdown",
      parameters: [],
      params: () => Runtime_shutdown_params,
      results: () => Runtime_shutdown_results,
    },
  ],
});

/**
 * A component that can be started.
 * @see later/system.capnp:Executor, 0xbfa37c1e99b4a492
 */
export interface Executor extends $.Client<ExecutorServer> {
  /** Starts a process with exactly these capabilities; returns once it has started. Each entry of env is "NAME=value". */
  spawn(
    args: readonly string[],
    env: readonly string[],
    caps: $.Init<readonly grants_.Export[]>,
    fuelPolicy: $.Init<FuelPolicy>,
    options?: $.CallOptions,
  ): $.Call<{ readonly process: node_.Process }>;
  /** Of the component: CIDv1, raw, SHA-256. */
  cid(options?: $.CallOptions): $.Call<{ readonly cid: string }>;
}
/** What an object implements to be served as `Executor`. */
export interface ExecutorServer {
  /** Starts a process with exactly these capabilities; returns once it has started. Each entry of env is "NAME=value". */
  spawn(
    args: readonly string[],
    env: readonly string[],
    caps: readonly grants_.Export[],
    fuelPolicy: FuelPolicy,
    context: $.CallContext,
  ): $.Served<{ readonly process: node_.Process }>;
  /** Of the component: CIDv1, raw, SHA-256. */
  cid(context: $.CallContext): $.Served<{ readonly cid: string }>;
}
const Executor_spawn_params: $.StructType<{
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly caps: readonly grants_.Export[];
  readonly fuelPolicy: FuelPolicy;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xfd99858edaec5cben,
  name: "Executor.spawn$Params",
  dataWords: 0,
  pointers: 4,
  pipelined: { fuelPolicy: [3, () => FuelPolicy] },
  read: (s) => ({
    args: $.Text.readList(s.pointer(0)),
    env: $.Text.readList(s.pointer(1)),
    caps: grants_.Export.readList(s.pointer(2)),
    fuelPolicy: FuelPolicy.read(s.pointer(3)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.args !== undefined) {
        f = "args";
        $.Text.writeList(s.pointer(0), value.args);
      }
      if (value.env !== undefined) {
        f = "env";
        $.Text.writeList(s.pointer(1), value.env);
      }
      if (value.caps !== undefined) {
        f = "caps";
        grants_.Export.writeList(s.pointer(2), value.caps);
      }
      if (value.fuelPolicy !== undefined) {
        f = "fuelPolicy";
        FuelPolicy.write(s.pointer(3), value.fuelPolicy);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Executor_spawn_results: $.StructType<{ readonly process: node_.Process }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc831f10a1507db94n,
    name: "Executor.spawn$Results",
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
const Executor_cid_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd018ea8912f6f6b0n,
  name: "Executor.cid$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Executor_cid_results: $.StructType<{ readonly cid: string }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xeddd325c5b87460an,
    name: "Executor.cid$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ cid: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.cid !== undefined) {
          f = "cid";
          $.Text.write(s.pointer(0), value.cid);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
export const Executor: $.InterfaceType<Executor> = /* @__PURE__ */ $.defineInterface<Executor>({
  id: 0xbfa37c1e99b4a492n,
  name: "Executor",
  methods: [
    {
      name: "spawn",
      parameters: ["args", "env", "caps", "fuelPolicy"],
      params: () => Executor_spawn_params,
      results: () => Executor_spawn_results,
    },
    {
      name: "cid",
      parameters: [],
      params: () => Executor_cid_params,
      results: () => Executor_cid_results,
    },
  ],
});

/** @see later/system.capnp:FuelPolicy, 0x84b0cf0b2b5d65f4 */
export type FuelPolicy =
  | { readonly which: "scheduled"; readonly scheduled: undefined }
  | { readonly which: "oneshot"; readonly oneshot: OneshotFuel }
  | { readonly which: number; readonly scheduled?: undefined; readonly oneshot?: undefined };
export const FuelPolicy: $.StructType<FuelPolicy> = /* @__PURE__ */ $.defineStruct<FuelPolicy>({
  id: 0x84b0cf0b2b5d65f4n,
  name: "FuelPolicy",
  dataWords: 1,
  pointers: 1,
  read(s) {
    const which = s.uint16(0);
    switch (which) {
      case 0:
        return { which: "scheduled" as const, scheduled: undefined };
      case 1:
        return { which: "oneshot" as const, oneshot: OneshotFuel.read(s.pointer(0)) };
      default:
        return { which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      switch (value.which) {
        case "scheduled":
          s.setUint16(0, 0);
          break;
        case "oneshot":
          s.setUint16(0, 1);
          if (value.oneshot !== undefined) {
            f = "oneshot";
            OneshotFuel.write(s.pointer(0), value.oneshot);
          }
          break;
        case undefined:
          $.requireNone(value, ["scheduled", "oneshot"]);
          break;
        default:
          f = "which";
          s.setUint16(0, value.which);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * 10^9 units are one second of processor time.
 * @see later/system.capnp:OneshotFuel, 0xccae6a27582fa330
 */
export interface OneshotFuel {
  readonly totalBudget: bigint;
  /** Ignored. */
  readonly maxPerEpoch: bigint;
  /** Ignored. */
  readonly minPerEpoch: bigint;
}
export const OneshotFuel: $.StructType<OneshotFuel> = /* @__PURE__ */ $.defineStruct<OneshotFuel>({
  id: 0xccae6a27582fa330n,
  name: "OneshotFuel",
  dataWords: 3,
  pointers: 0,
  read: (s) => ({ totalBudget: s.uint64(0), maxPerEpoch: s.uint64(8), minPerEpoch: s.uint64(16) }),
  write(s, value) {
    let f = "";
    try {
      if (value.totalBudget !== undefined) {
        f = "totalBudget";
        s.setUint64(0, value.totalBudget);
      }
      if (value.maxPerEpoch !== undefined) {
        f = "maxPerEpoch";
        s.setUint64(8, value.maxPerEpoch);
      }
      if (value.minPerEpoch !== undefined) {
        f = "minPerEpoch";
        s.setUint64(16, value.minPerEpoch);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see later/system.capnp:StreamListener, 0xb21608b1a223181b */
export interface StreamListener extends $.Client<StreamListenerServer> {
  /** Starts a process for each stream that a peer opens; the stream is its standard input and output. */
  listen(
    executor: $.Init<Executor>,
    protocol: string,
    caps: $.Init<readonly grants_.Export[]>,
    options?: $.CallOptions,
  ): $.Call<object>;
}
/** What an object implements to be served as `StreamListener`. */
export interface StreamListenerServer {
  /** Starts a process for each stream that a peer opens; the stream is its standard input and output. */
  listen(
    executor: Executor,
    protocol: string,
    caps: readonly grants_.Export[],
    context: $.CallContext,
  ): void | Promise<void>;
}
const StreamListener_listen_params: $.StructType<{
  readonly executor: Executor;
  readonly protocol: string;
  readonly caps: readonly grants_.Export[];
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xf4e49b7197b809e5n,
  name: "StreamListener.listen$Params",
  dataWords: 0,
  pointers: 3,
  pipelined: { executor: [0, () => Executor] },
  read: (s) => ({
    executor: Executor.read(s.pointer(0)),
    protocol: $.Text.read(s.pointer(1)),
    caps: grants_.Export.readList(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.executor !== undefined) {
        f = "executor";
        Executor.write(s.pointer(0), value.executor);
      }
      if (value.protocol !== undefined) {
        f = "protocol";
        $.Text.write(s.pointer(1), value.protocol);
      }
      if (value.caps !== undefined) {
        f = "caps";
        grants_.Export.writeList(s.pointer(2), value.caps);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const StreamListener_listen_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xcc38d16431d9b16en,
  name: "StreamListener.listen$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const StreamListener: $.InterfaceType<StreamListener> =
  /* @__PURE__ */ $.defineInterface<StreamListener>({
    id: 0xb21608b1a223181bn,
    name: "StreamListener",
    methods: [
      {
        name: "listen",
        parameters: ["executor", "protocol", "caps"],
        params: () => StreamListener_listen_params,
        results: () => StreamListener_listen_results,
      },
    ],
  });

/** @see later/system.capnp:HttpListener, 0xa854aae4e3daf856 */
export interface HttpListener extends $.Client<HttpListenerServer> {
  /** Starts a process for each request below the prefix (CGI), of at most 16 MiB and 30 s. */
  listen(
    executor: $.Init<Executor>,
    prefix: string,
    caps: $.Init<readonly grants_.Export[]>,
    options?: $.CallOptions,
  ): $.Call<object>;
}
/** What an object implements to be served as `HttpListener`. */
export interface HttpListenerServer {
  /** Starts a process for each request below the prefix (CGI), of at most 16 MiB and 30 s. */
  listen(
    executor: Executor,
    prefix: string,
    caps: readonly grants_.Export[],
    context: $.CallContext,
  ): void | Promise<void>;
}
const HttpListener_listen_params: $.StructType<{
  readonly executor: Executor;
  readonly prefix: string;
  readonly caps: readonly grants_.Export[];
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xba71f2167385868fn,
  name: "HttpListener.listen$Params",
  dataWords: 0,
  pointers: 3,
  pipelined: { executor: [0, () => Executor] },
  read: (s) => ({
    executor: Executor.read(s.pointer(0)),
    prefix: $.Text.read(s.pointer(1)),
    caps: grants_.Export.readList(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.executor !== undefined) {
        f = "executor";
        Executor.write(s.pointer(0), value.executor);
      }
      if (value.prefix !== undefined) {
        f = "prefix";
        $.Text.write(s.pointer(1), value.prefix);
      }
      if (value.caps !== undefined) {
        f = "caps";
        grants_.Export.writeList(s.pointer(2), value.caps);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const HttpListener_listen_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x823c8f7d55664500n,
  name: "HttpListener.listen$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const HttpListener: $.InterfaceType<HttpListener> =
  /* @__PURE__ */ $.defineInterface<HttpListener>({
    id: 0xa854aae4e3daf856n,
    name: "HttpListener",
    methods: [
      {
        name: "listen",
        parameters: ["executor", "prefix", "caps"],
        params: () => HttpListener_listen_params,
        results: () => HttpListener_listen_results,
      },
    ],
  });
