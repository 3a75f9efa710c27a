/** Generated from owner.capnp, file id 0xc9e9366a57c022fa. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as peer_ from "./first/peer.ts";
import * as sandbox_ from "./common/sandbox.ts";
import * as grants_ from "./common/grants.ts";
import * as live_ from "./common/live.ts";
import * as powerbox_ from "./common/powerbox.ts";
import * as node_ from "./common/node.ts";
import * as stem_ from "./first/stem.ts";
import * as serve_ from "./common/serve.ts";
import * as content_ from "./common/content.ts";

/**
 * All operations on a kernel.
 * @see owner.capnp:Owner, 0xd1b7a6a0c2c4e001
 */
export interface Owner extends $.Client<OwnerServer> {
  /** Opens an image and runs it. Returns at once; the run reports progress and failure. */
  boot(
    order: $.Init<Order>,
    options?: $.CallOptions,
  ): $.Call<{ readonly run: Run; readonly id: number }>;
  /** All runs that have a client or were kept. */
  runs(options?: $.CallOptions): $.Call<{ readonly runs: readonly RunEntry[] }>;
  /** Calls the watcher for every run now and at each change, until `watching` is released. */
  watch(
    watcher: $.Init<RunWatcher>,
    options?: $.CallOptions,
  ): $.Call<{ readonly watching: $.Client }>;
  /** The kernel's node. */
  node(options?: $.CallOptions): $.Call<{ readonly host: peer_.Host }>;
  /** The origin's storage usage and quota. */
  storage(
    options?: $.CallOptions,
  ): $.Call<{ readonly usedBytes: number; readonly quotaBytes: number }>;
  /** How guests wait, and the default limits. */
  system(options?: $.CallOptions): $.Call<{ readonly mode: CellMode; readonly limits: Limits }>;
  /** Makes a token of a link to something that runs good for those who have it. */
  share(order: $.Init<ShareOrder>, options?: $.CallOptions): $.Call<{ readonly share: Share }>;
  /** The bootstrap capability of a service of a peer, which is connected or can be found. */
  dial(
    peer: $.Init<Uint8Array>,
    service: string,
    options?: $.CallOptions,
  ): $.Call<{ readonly cap: $.Client }>;
  /**
   * Connects the node to a peer, at a multiaddr that ends with its id, and gives the id. The owner has named the address,
   * so it is dialled where a process's would not be.
   */
  meet(address: string, options?: $.CallOptions): $.Call<{ readonly peer: Uint8Array }>;
  /**
   * Lets every peer dial the service of this name, until the share is released or the time, since 1970, has come; it leads
   * to what is attached. The narrowing is for all of them together, each time.
   */
  serve(
    service: string,
    narrowing: $.Init<Narrowing>,
    untilMs?: number | undefined,
    options?: $.CallOptions,
  ): $.Call<{ readonly share: Share }>;
  /** Opens an image as the files of a sandbox; returns once it is open. The sandbox ends with its last client. */
  sandbox(
    order: $.Init<SandboxOrder>,
    options?: $.CallOptions,
  ): $.Call<{ readonly sandbox: sandbox_.Sandbox; readonly id: number }>;
}
/** What an object implements to be served as `Owner`. */
export interface OwnerServer {
  /** Opens an image and runs it. Returns at once; the run reports progress and failure. */
  boot(order: Order, context: $.CallContext): $.Served<{ readonly run: Run; readonly id: number }>;
  /** All runs that have a client or were kept. */
  runs(context: $.CallContext): $.Served<{ readonly runs: readonly RunEntry[] }>;
  /** Calls the watcher for every run now and at each change, until `watching` is released. */
  watch(watcher: RunWatcher, context: $.CallContext): $.Served<{ readonly watching: $.Client }>;
  /** The kernel's node. */
  node(context: $.CallContext): $.Served<{ readonly host: peer_.Host }>;
  /** The origin's storage usage and quota. */
  storage(
    context: $.CallContext,
  ): $.Served<{ readonly usedBytes: number; readonly quotaBytes: number }>;
  /** How guests wait, and the default limits. */
  system(context: $.CallContext): $.Served<{ readonly mode: CellMode; readonly limits: Limits }>;
  /** Makes a token of a link to something that runs good for those who have it. */
  share(order: ShareOrder, context: $.CallContext): $.Served<{ readonly share: Share }>;
  /** The bootstrap capability of a service of a peer, which is connected or can be found. */
  dial(
    peer: Uint8Array,
    service: string,
    context: $.CallContext,
  ): $.Served<{ readonly cap: $.Client }>;
  /**
   * Connects the node to a peer, at a multiaddr that ends with its id, and gives the id. The owner has named the address,
   * so it is dialled where a process's would not be.
   */
  meet(address: string, context: $.CallContext): $.Served<{ readonly peer: Uint8Array }>;
  /**
   * Lets every peer dial the service of this name, until the share is released or the time, since 1970, has come; it leads
   * to what is attached. The narrowing is for all of them together, each time.
   */
  serve(
    service: string,
    narrowing: Narrowing,
    untilMs: number,
    context: $.CallContext,
  ): $.Served<{ readonly share: Share }>;
  /** Opens an image as the files of a sandbox; returns once it is open. The sandbox ends with its last client. */
  sandbox(
    order: SandboxOrder,
    context: $.CallContext,
  ): $.Served<{ readonly sandbox: sandbox_.Sandbox; readonly id: number }>;
}
const Owner_boot_params: $.StructType<{ readonly order: Order }> = /* @__PURE__ */ $.defineStruct({
  id: 0xdabe72c30f13e909n,
  name: "Owner.boot$Params",
  dataWords: 0,
  pointers: 1,
  pipelined: { order: [0, () => Order] },
  read: (s) => ({ order: Order.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.order !== undefined) {
        f = "order";
        Order.write(s.pointer(0), value.order);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Owner_boot_results: $.StructType<{ readonly run: Run; readonly id: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8c8549367519bcb2n,
    name: "Owner.boot$Results",
    dataWords: 1,
    pointers: 1,
    pipelined: { run: [0, () => Run] },
    read: (s) => ({ run: Run.read(s.pointer(0)), id: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.run !== undefined) {
          f = "run";
          Run.write(s.pointer(0), value.run);
        }
        if (value.id !== undefined) {
          f = "id";
          s.setUint32(0, value.id);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_runs_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xfce90e7533e3d59bn,
  name: "Owner.runs$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Owner_runs_results: $.StructType<{ readonly runs: readonly RunEntry[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc5384532f99871b6n,
    name: "Owner.runs$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ runs: RunEntry.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.runs !== undefined) {
          f = "runs";
          RunEntry.writeList(s.pointer(0), value.runs);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_watch_params: $.StructType<{ readonly watcher: RunWatcher }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x91614304539339c6n,
    name: "Owner.watch$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { watcher: [0, () => RunWatcher] },
    read: (s) => ({ watcher: RunWatcher.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.watcher !== undefined) {
          f = "watcher";
          RunWatcher.write(s.pointer(0), value.watcher);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_watch_results: $.StructType<{ readonly watching: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf1825bf8c549d091n,
    name: "Owner.watch$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { watching: [0, () => $.AnyClient] },
    read: (s) => ({ watching: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.watching !== undefined) {
          f = "watching";
          $.AnyClient.write(s.pointer(0), value.watching);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_node_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa31d3feca02bae70n,
  name: "Owner.node$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Owner_node_results: $.StructType<{ readonly host: peer_.Host }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x93d3da24c716b271n,
    name: "Owner.node$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { host: [0, () => peer_.Host] },
    read: (s) => ({ host: peer_.Host.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.host !== undefined) {
          f = "host";
          peer_.Host.write(s.pointer(0), value.host);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_storage_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf50e16f6a6a7fc7an,
  name: "Owner.storage$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Owner_storage_results: $.StructType<{
  readonly usedBytes: number;
  readonly quotaBytes: number;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xc65b10004463fcdcn,
  name: "Owner.storage$Results",
  dataWords: 2,
  pointers: 0,
  read: (s) => ({ usedBytes: s.float64(0), quotaBytes: s.float64(8) }),
  write(s, value) {
    let f = "";
    try {
      if (value.usedBytes !== undefined) {
        f = "usedBytes";
        s.setFloat64(0, value.usedBytes);
      }
      if (value.quotaBytes !== undefined) {
        f = "quotaBytes";
        s.setFloat64(8, value.quotaBytes);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Owner_system_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x89368a3b6809e776n,
  name: "Owner.system$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Owner_system_results: $.StructType<{ readonly mode: CellMode; readonly limits: Limits }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc92fe5ab0e3731e3n,
    name: "Owner.system$Results",
    dataWords: 1,
    pointers: 1,
    pipelined: { limits: [0, () => Limits] },
    read: (s) => ({ mode: CellMode.toName(s.uint16(0)), limits: Limits.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.mode !== undefined) {
          f = "mode";
          s.setUint16(0, CellMode.toOrdinal(value.mode));
        }
        if (value.limits !== undefined) {
          f = "limits";
          Limits.write(s.pointer(0), value.limits);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_share_params: $.StructType<{ readonly order: ShareOrder }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9f29a6d817c31e72n,
    name: "Owner.share$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { order: [0, () => ShareOrder] },
    read: (s) => ({ order: ShareOrder.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.order !== undefined) {
          f = "order";
          ShareOrder.write(s.pointer(0), value.order);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_share_results: $.StructType<{ readonly share: Share }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xaf411e4c37c3bd2dn,
    name: "Owner.share$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { share: [0, () => Share] },
    read: (s) => ({ share: Share.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.share !== undefined) {
          f = "share";
          Share.write(s.pointer(0), value.share);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Owner_dial_params: $.StructType<{ readonly peer: Uint8Array; readonly service: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x972d258d3888ca4bn,
    name: "Owner.dial$Params",
    dataWords: 0,
    pointers: 2,
    read: (s) => ({ peer: $.Data.read(s.pointer(0)), service: $.Text.read(s.pointer(1)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.peer !== undefined) {
          f = "peer";
          $.Data.write(s.pointer(0), value.peer);
        }
        if (value.service !== undefined) {
          f = "service";
          $.Text.write(s.pointer(1), value.service);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_dial_results: $.StructType<{ readonly cap: $.Client }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xa22cf050a89aa7b7n,
    name: "Owner.dial$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { cap: [0, () => $.AnyClient] },
    read: (s) => ({ cap: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.cap !== undefined) {
          f = "cap";
          $.AnyClient.write(s.pointer(0), value.cap);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Owner_meet_params: $.StructType<{ readonly address: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd07ed0ccdc8f52fbn,
    name: "Owner.meet$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ address: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.address !== undefined) {
          f = "address";
          $.Text.write(s.pointer(0), value.address);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_meet_results: $.StructType<{ readonly peer: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc71b2e7d263afd7fn,
    name: "Owner.meet$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ peer: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.peer !== undefined) {
          f = "peer";
          $.Data.write(s.pointer(0), value.peer);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_serve_params: $.StructType<{
  readonly service: string;
  readonly narrowing: Narrowing;
  readonly untilMs: number;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xe8fe28dd4ab4b7f5n,
  name: "Owner.serve$Params",
  dataWords: 1,
  pointers: 2,
  pipelined: { narrowing: [1, () => Narrowing] },
  read: (s) => ({
    service: $.Text.read(s.pointer(0)),
    narrowing: Narrowing.read(s.pointer(1)),
    untilMs: s.float64(0, 0xbff0000000000000n),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.service !== undefined) {
        f = "service";
        $.Text.write(s.pointer(0), value.service);
      }
      if (value.narrowing !== undefined) {
        f = "narrowing";
        Narrowing.write(s.pointer(1), value.narrowing);
      }
      if (value.untilMs !== undefined) {
        f = "untilMs";
        s.setFloat64(0, value.untilMs, 0xbff0000000000000n);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Owner_serve_results: $.StructType<{ readonly share: Share }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xdfcc921658da2f51n,
    name: "Owner.serve$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { share: [0, () => Share] },
    read: (s) => ({ share: Share.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.share !== undefined) {
          f = "share";
          Share.write(s.pointer(0), value.share);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Owner_sandbox_params: $.StructType<{ readonly order: SandboxOrder }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd3645401136ff513n,
    name: "Owner.sandbox$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { order: [0, () => SandboxOrder] },
    read: (s) => ({ order: SandboxOrder.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.order !== undefined) {
          f = "order";
          SandboxOrder.write(s.pointer(0), value.order);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Owner_sandbox_results: $.StructType<{
  readonly sandbox: sandbox_.Sandbox;
  readonly id: number;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x84e5f410c1619499n,
  name: "Owner.sandbox$Results",
  dataWords: 1,
  pointers: 1,
  pipelined: { sandbox: [0, () => sandbox_.Sandbox] },
  read: (s) => ({ sandbox: sandbox_.Sandbox.read(s.pointer(0)), id: s.uint32(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.sandbox !== undefined) {
        f = "sandbox";
        sandbox_.Sandbox.write(s.pointer(0), value.sandbox);
      }
      if (value.id !== undefined) {
        f = "id";
        s.setUint32(0, value.id);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const Owner: $.InterfaceType<Owner> = /* @__PURE__ */ $.defineInterface<Owner>({
  id: 0xd1b7a6a0c2c4e001n,
  name: "Owner",
  methods: [
    {
      name: "boot",
      parameters: ["order"],
      params: () => Owner_boot_params,
      results: () => Owner_boot_results,
    },
    {
      name: "runs",
      parameters: [],
      params: () => Owner_runs_params,
      results: () => Owner_runs_results,
    },
    {
      name: "watch",
      parameters: ["watcher"],
      params: () => Owner_watch_params,
      results: () => Owner_watch_results,
    },
    {
      name: "node",
      parameters: [],
      params: () => Owner_node_params,
      results: () => Owner_node_results,
    },
    {
      name: "storage",
      parameters: [],
      params: () => Owner_storage_params,
      results: () => Owner_storage_results,
    },
    {
      name: "system",
      parameters: [],
      params: () => Owner_system_params,
      results: () => Owner_system_results,
    },
    {
      name: "share",
      parameters: ["order"],
      params: () => Owner_share_params,
      results: () => Owner_share_results,
    },
    {
      name: "dial",
      parameters: ["peer", "service"],
      params: () => Owner_dial_params,
      results: () => Owner_dial_results,
    },
    {
      name: "meet",
      parameters: ["address"],
      params: () => Owner_meet_params,
      results: () => Owner_meet_results,
    },
    {
      name: "serve",
      parameters: ["service", "narrowing", "untilMs"],
      params: () => Owner_serve_params,
      results: () => Owner_serve_results,
    },
    {
      name: "sandbox",
      parameters: ["order"],
      params: () => Owner_sandbox_params,
      results: () => Owner_sandbox_results,
    },
  ],
});

/** @see owner.capnp:SandboxOrder, 0x95d1a20ef3b7c416 */
export interface SandboxOrder {
  /** Names of layers, base first, as a user types them. They need no program. */
  readonly layers: readonly string[];
  readonly limits: Limits;
  /** Multiaddrs of peers that may have the layers, with their ids; they are dialled. */
  readonly peers: readonly string[];
  /** What each process finds among its grants, beside its spawner. */
  readonly grants: readonly grants_.Export[];
}
export const SandboxOrder: $.StructType<SandboxOrder> =
  /* @__PURE__ */ $.defineStruct<SandboxOrder>({
    id: 0x95d1a20ef3b7c416n,
    name: "SandboxOrder",
    dataWords: 0,
    pointers: 4,
    pipelined: { limits: [1, () => Limits] },
    read: (s) => ({
      layers: $.Text.readList(s.pointer(0)),
      limits: Limits.read(s.pointer(1)),
      peers: $.Text.readList(s.pointer(2)),
      grants: grants_.Export.readList(s.pointer(3)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.layers !== undefined) {
          f = "layers";
          $.Text.writeList(s.pointer(0), value.layers);
        }
        if (value.limits !== undefined) {
          f = "limits";
          Limits.write(s.pointer(1), value.limits);
        }
        if (value.peers !== undefined) {
          f = "peers";
          $.Text.writeList(s.pointer(2), value.peers);
        }
        if (value.grants !== undefined) {
          f = "grants";
          grants_.Export.writeList(s.pointer(3), value.grants);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see owner.capnp:ShareOrder, 0xbfa7a8e14756920d */
export interface ShareOrder {
  /** 16 to 64 random bytes. */
  readonly token: Uint8Array;
  readonly kind: live_.LiveKind;
  readonly label: string;
  /** The path of its link. */
  readonly image: string;
  /** For all visitors together, each time it is attached. */
  readonly narrowing: Narrowing;
  /** Since 1970; below 0 for no end. */
  readonly untilMs: number;
}
export const ShareOrder: $.StructType<ShareOrder> = /* @__PURE__ */ $.defineStruct<ShareOrder>({
  id: 0xbfa7a8e14756920dn,
  name: "ShareOrder",
  dataWords: 2,
  pointers: 4,
  pipelined: { narrowing: [3, () => Narrowing] },
  read: (s) => ({
    token: $.Data.read(s.pointer(0)),
    kind: live_.LiveKind.toName(s.uint16(0)),
    label: $.Text.read(s.pointer(1)),
    image: $.Text.read(s.pointer(2)),
    narrowing: Narrowing.read(s.pointer(3)),
    untilMs: s.float64(8, 0xbff0000000000000n),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.token !== undefined) {
        f = "token";
        $.Data.write(s.pointer(0), value.token);
      }
      if (value.kind !== undefined) {
        f = "kind";
        s.setUint16(0, live_.LiveKind.toOrdinal(value.kind));
      }
      if (value.label !== undefined) {
        f = "label";
        $.Text.write(s.pointer(1), value.label);
      }
      if (value.image !== undefined) {
        f = "image";
        $.Text.write(s.pointer(2), value.image);
      }
      if (value.narrowing !== undefined) {
        f = "narrowing";
        Narrowing.write(s.pointer(3), value.narrowing);
      }
      if (value.untilMs !== undefined) {
        f = "untilMs";
        s.setFloat64(8, value.untilMs, 0xbff0000000000000n);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * A link to something that runs, or a service that is. It ends when the last client is released.
 * @see owner.capnp:Share, 0xab9323cca7b1bd94
 */
export interface Share extends $.Client<ShareServer> {
  /** What the link leads to from now on; what it led to before ends. Null while it does not run. */
  attach(cap: $.Init<$.Client>, options?: $.CallOptions): $.Call<object>;
  /** How often it was opened. */
  visits(options?: $.CallOptions): $.Call<{ readonly visits: number }>;
}
/** What an object implements to be served as `Share`. */
export interface ShareServer {
  /** What the link leads to from now on; what it led to before ends. Null while it does not run. */
  attach(cap: $.Client, context: $.CallContext): void | Promise<void>;
  /** How often it was opened. */
  visits(context: $.CallContext): $.Served<{ readonly visits: number }>;
}
const Share_attach_params: $.StructType<{ readonly cap: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xdfbb2d4e2ad7d9dan,
    name: "Share.attach$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { cap: [0, () => $.AnyClient] },
    read: (s) => ({ cap: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.cap !== undefined) {
          f = "cap";
          $.AnyClient.write(s.pointer(0), value.cap);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Share_attach_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc5be7c3cacc51b1an,
  name: "Share.attach$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Share_visits_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa71ce408a5f9e292n,
  name: "Share.visits$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Share_visits_results: $.StructType<{ readonly visits: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf27d520ad9ac9524n,
    name: "Share.visits$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ visits: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.visits !== undefined) {
          f = "visits";
          s.setUint32(0, value.visits);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Share: $.InterfaceType<Share> = /* @__PURE__ */ $.defineInterface<Share>({
  id: 0xab9323cca7b1bd94n,
  name: "Share",
  methods: [
    {
      name: "attach",
      parameters: ["cap"],
      params: () => Share_attach_params,
      results: () => Share_attach_results,
    },
    {
      name: "visits",
      parameters: [],
      params: () => Share_visits_params,
      results: () => Share_visits_results,
    },
  ],
});

/**
 * An image and how to run it.
 * @see owner.capnp:Order, 0xd1b7a6a0c2c4e002
 */
export interface Order {
  /** Names of layers, base first, as a user types them. The last may name a program in the image. */
  readonly layers: readonly string[];
  /** The arguments after the first. */
  readonly args: readonly string[];
  /** The first argument; by default the program's path in the image. */
  readonly argv0: string;
  readonly env: readonly Variable[];
  readonly mounts: readonly Mount[];
  /** Whether the first process can write to the files of the image. Changes are lost at its end. */
  readonly writable: boolean;
  /** Whether the first process gets no directory. */
  readonly bare: boolean;
  readonly limits: Limits;
  readonly terminal: Terminal;
  /** Whether the image and the first process's changes are stored when it exits. */
  readonly saves: boolean;
  /** Answers what the image and its processes ask for; null refuses all of it. */
  readonly chooser: Chooser;
  readonly graft: GraftPolicy;
  /** Multiaddrs of peers that may have the layers, with their ids; they are dialled. */
  readonly peers: readonly string[];
}
export const Order: $.StructType<Order> = /* @__PURE__ */ $.defineStruct<Order>({
  id: 0xd1b7a6a0c2c4e002n,
  name: "Order",
  dataWords: 1,
  pointers: 10,
  pipelined: {
    limits: [5, () => Limits],
    terminal: [6, () => Terminal],
    chooser: [7, () => Chooser],
    graft: [8, () => GraftPolicy],
  },
  read: (s) => ({
    layers: $.Text.readList(s.pointer(0)),
    args: $.Text.readList(s.pointer(1)),
    argv0: $.Text.read(s.pointer(2)),
    env: Variable.readList(s.pointer(3)),
    mounts: Mount.readList(s.pointer(4)),
    writable: s.bool(0),
    bare: s.bool(1),
    limits: Limits.read(s.pointer(5)),
    terminal: Terminal.read(s.pointer(6)),
    saves: s.bool(2),
    chooser: Chooser.read(s.pointer(7)),
    graft: GraftPolicy.read(s.pointer(8)),
    peers: $.Text.readList(s.pointer(9)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.layers !== undefined) {
        f = "layers";
        $.Text.writeList(s.pointer(0), value.layers);
      }
      if (value.args !== undefined) {
        f = "args";
        $.Text.writeList(s.pointer(1), value.args);
      }
      if (value.argv0 !== undefined) {
        f = "argv0";
        $.Text.write(s.pointer(2), value.argv0);
      }
      if (value.env !== undefined) {
        f = "env";
        Variable.writeList(s.pointer(3), value.env);
      }
      if (value.mounts !== undefined) {
        f = "mounts";
        Mount.writeList(s.pointer(4), value.mounts);
      }
      if (value.writable !== undefined) {
        f = "writable";
        s.setBool(0, value.writable);
      }
      if (value.bare !== undefined) {
        f = "bare";
        s.setBool(1, value.bare);
      }
      if (value.limits !== undefined) {
        f = "limits";
        Limits.write(s.pointer(5), value.limits);
      }
      if (value.terminal !== undefined) {
        f = "terminal";
        Terminal.write(s.pointer(6), value.terminal);
      }
      if (value.saves !== undefined) {
        f = "saves";
        s.setBool(2, value.saves);
      }
      if (value.chooser !== undefined) {
        f = "chooser";
        Chooser.write(s.pointer(7), value.chooser);
      }
      if (value.graft !== undefined) {
        f = "graft";
        GraftPolicy.write(s.pointer(8), value.graft);
      }
      if (value.peers !== undefined) {
        f = "peers";
        $.Text.writeList(s.pointer(9), value.peers);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * Who gets a session of the membrane.
 * @see owner.capnp:GraftPolicy, 0xd1b7a6a0c2c4e020
 */
export interface GraftPolicy {
  readonly signer: SignerRule;
  /** Public keys of libp2p, as protobuf; empty for any. */
  readonly keys: readonly Uint8Array[];
}
export const GraftPolicy: $.StructType<GraftPolicy> = /* @__PURE__ */ $.defineStruct<GraftPolicy>({
  id: 0xd1b7a6a0c2c4e020n,
  name: "GraftPolicy",
  dataWords: 1,
  pointers: 1,
  read: (s) => ({ signer: SignerRule.toName(s.uint16(0)), keys: $.Data.readList(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.signer !== undefined) {
        f = "signer";
        s.setUint16(0, SignerRule.toOrdinal(value.signer));
      }
      if (value.keys !== undefined) {
        f = "keys";
        $.Data.writeList(s.pointer(0), value.keys);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see owner.capnp:SignerRule, 0xd1b7a6a0c2c4e021 */
export type SignerRule = "optional" | "required" | number;
export const SignerRule: $.EnumType<"optional" | "required"> = /* @__PURE__ */ $.defineEnum([
  "optional",
  "required",
]);

/**
 * The part of the owner that designates what processes ask for.
 * @see owner.capnp:Chooser, 0xd1b7a6a0c2c4e022
 */
export interface Chooser extends $.Client<ChooserServer> {
  /** The process waits; the call is cancelled when it has ended or asks no more. */
  choose(petition: $.Init<Petition>, options?: $.CallOptions): $.Call<{ readonly choice: Choice }>;
  /** The same for a grant that was kept; `ask` is empty. */
  restore(
    petition: $.Init<Petition>,
    token: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<{ readonly choice: Choice }>;
}
/** What an object implements to be served as `Chooser`. */
export interface ChooserServer {
  /** The process waits; the call is cancelled when it has ended or asks no more. */
  choose(petition: Petition, context: $.CallContext): $.Served<{ readonly choice: Choice }>;
  /** The same for a grant that was kept; `ask` is empty. */
  restore(
    petition: Petition,
    token: Uint8Array,
    context: $.CallContext,
  ): $.Served<{ readonly choice: Choice }>;
}
const Chooser_choose_params: $.StructType<{ readonly petition: Petition }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xfb9ef2b9fd11e131n,
    name: "Chooser.choose$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { petition: [0, () => Petition] },
    read: (s) => ({ petition: Petition.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.petition !== undefined) {
          f = "petition";
          Petition.write(s.pointer(0), value.petition);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Chooser_choose_results: $.StructType<{ readonly choice: Choice }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x847da21609378073n,
    name: "Chooser.choose$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { choice: [0, () => Choice] },
    read: (s) => ({ choice: Choice.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.choice !== undefined) {
          f = "choice";
          Choice.write(s.pointer(0), value.choice);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Chooser_restore_params: $.StructType<{
  readonly petition: Petition;
  readonly token: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xc505270bf4a39ed1n,
  name: "Chooser.restore$Params",
  dataWords: 0,
  pointers: 2,
  pipelined: { petition: [0, () => Petition] },
  read: (s) => ({ petition: Petition.read(s.pointer(0)), token: $.Data.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.petition !== undefined) {
        f = "petition";
        Petition.write(s.pointer(0), value.petition);
      }
      if (value.token !== undefined) {
        f = "token";
        $.Data.write(s.pointer(1), value.token);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Chooser_restore_results: $.StructType<{ readonly choice: Choice }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc272c3b37a2d8e9bn,
    name: "Chooser.restore$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { choice: [0, () => Choice] },
    read: (s) => ({ choice: Choice.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.choice !== undefined) {
          f = "choice";
          Choice.write(s.pointer(0), value.choice);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Chooser: $.InterfaceType<Chooser> = /* @__PURE__ */ $.defineInterface<Chooser>({
  id: 0xd1b7a6a0c2c4e022n,
  name: "Chooser",
  methods: [
    {
      name: "choose",
      parameters: ["petition"],
      params: () => Chooser_choose_params,
      results: () => Chooser_choose_results,
    },
    {
      name: "restore",
      parameters: ["petition", "token"],
      params: () => Chooser_restore_params,
      results: () => Chooser_restore_results,
    },
  ],
});

/** @see owner.capnp:Petition, 0xd1b7a6a0c2c4e023 */
export interface Petition {
  readonly pid: number;
  /** The process, as the account calls it. */
  readonly asker: string;
  /** The image of the process, base first. */
  readonly layers: readonly string[];
  /** Under which the image asks for it in etc/grants.json; empty for a process that asks. */
  readonly name: string;
  readonly ask: powerbox_.Ask;
}
export const Petition: $.StructType<Petition> = /* @__PURE__ */ $.defineStruct<Petition>({
  id: 0xd1b7a6a0c2c4e023n,
  name: "Petition",
  dataWords: 1,
  pointers: 4,
  pipelined: { ask: [3, () => powerbox_.Ask] },
  read: (s) => ({
    pid: s.uint32(0),
    asker: $.Text.read(s.pointer(0)),
    layers: $.Text.readList(s.pointer(1)),
    name: $.Text.read(s.pointer(2)),
    ask: powerbox_.Ask.read(s.pointer(3)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.pid !== undefined) {
        f = "pid";
        s.setUint32(0, value.pid);
      }
      if (value.asker !== undefined) {
        f = "asker";
        $.Text.write(s.pointer(0), value.asker);
      }
      if (value.layers !== undefined) {
        f = "layers";
        $.Text.writeList(s.pointer(1), value.layers);
      }
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(2), value.name);
      }
      if (value.ask !== undefined) {
        f = "ask";
        powerbox_.Ask.write(s.pointer(3), value.ask);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see owner.capnp:Choice, 0xd1b7a6a0c2c4e024 */
export type Choice =
  | {
      readonly which: "nothing";
      /** Why; may be empty. */
      readonly nothing: string;
    }
  | { readonly which: "given"; readonly given: Given }
  | { readonly which: number; readonly nothing?: undefined; readonly given?: undefined };
export const Choice: $.StructType<Choice> = /* @__PURE__ */ $.defineStruct<Choice>({
  id: 0xd1b7a6a0c2c4e024n,
  name: "Choice",
  dataWords: 1,
  pointers: 1,
  read(s) {
    const which = s.uint16(0);
    switch (which) {
      case 0:
        return { which: "nothing" as const, nothing: $.Text.read(s.pointer(0)) };
      case 1:
        return { which: "given" as const, given: Given.read(s.pointer(0)) };
      default:
        return { which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      switch (value.which) {
        case "nothing":
          s.setUint16(0, 0);
          if (value.nothing !== undefined) {
            f = "nothing";
            $.Text.write(s.pointer(0), value.nothing);
          }
          break;
        case "given":
          s.setUint16(0, 1);
          if (value.given !== undefined) {
            f = "given";
            Given.write(s.pointer(0), value.given);
          }
          break;
        case undefined:
          $.requireNone(value, ["nothing", "given"]);
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

/** @see owner.capnp:Given, 0xd1b7a6a0c2c4e025 */
export interface Given {
  /** What was designated, for the owner and the process. */
  readonly label: string;
  /** Null for memory and time. */
  readonly cap: $.Client;
  readonly narrowing: Narrowing;
  /** Null if the grant cannot be kept. */
  readonly keeper: powerbox_.Keeper;
  /** Of a restored grant: what it was asked as. */
  readonly ask: powerbox_.Ask;
}
export const Given: $.StructType<Given> = /* @__PURE__ */ $.defineStruct<Given>({
  id: 0xd1b7a6a0c2c4e025n,
  name: "Given",
  dataWords: 0,
  pointers: 5,
  pipelined: {
    cap: [1, () => $.AnyClient],
    narrowing: [2, () => Narrowing],
    keeper: [3, () => powerbox_.Keeper],
    ask: [4, () => powerbox_.Ask],
  },
  read: (s) => ({
    label: $.Text.read(s.pointer(0)),
    cap: $.AnyClient.read(s.pointer(1)),
    narrowing: Narrowing.read(s.pointer(2)),
    keeper: powerbox_.Keeper.read(s.pointer(3)),
    ask: powerbox_.Ask.read(s.pointer(4)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.label !== undefined) {
        f = "label";
        $.Text.write(s.pointer(0), value.label);
      }
      if (value.cap !== undefined) {
        f = "cap";
        $.AnyClient.write(s.pointer(1), value.cap);
      }
      if (value.narrowing !== undefined) {
        f = "narrowing";
        Narrowing.write(s.pointer(2), value.narrowing);
      }
      if (value.keeper !== undefined) {
        f = "keeper";
        powerbox_.Keeper.write(s.pointer(3), value.keeper);
      }
      if (value.ask !== undefined) {
        f = "ask";
        powerbox_.Ask.write(s.pointer(4), value.ask);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * What narrows a capability further. Numbers below 0 narrow nothing.
 * @see owner.capnp:Narrowing, 0xd1b7a6a0c2c4e026
 */
export interface Narrowing {
  /** Others cannot be called; empty for all. */
  readonly methods: readonly MethodNarrowing[];
  readonly calls: number;
  /** Of text and data in parameters and results. */
  readonly bytes: number;
  /** So many calls at once, */
  readonly rateCalls: number;
  /** and as many in each such time later. */
  readonly ratePerMs: number;
  /** After it was granted. */
  readonly expiresMs: number;
}
export const Narrowing: $.StructType<Narrowing> = /* @__PURE__ */ $.defineStruct<Narrowing>({
  id: 0xd1b7a6a0c2c4e026n,
  name: "Narrowing",
  dataWords: 5,
  pointers: 1,
  read: (s) => ({
    methods: MethodNarrowing.readList(s.pointer(0)),
    calls: s.float64(0, 0xbff0000000000000n),
    bytes: s.float64(8, 0xbff0000000000000n),
    rateCalls: s.float64(16, 0xbff0000000000000n),
    ratePerMs: s.float64(24, 0x408f400000000000n),
    expiresMs: s.float64(32, 0xbff0000000000000n),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.methods !== undefined) {
        f = "methods";
        MethodNarrowing.writeList(s.pointer(0), value.methods);
      }
      if (value.calls !== undefined) {
        f = "calls";
        s.setFloat64(0, value.calls, 0xbff0000000000000n);
      }
      if (value.bytes !== undefined) {
        f = "bytes";
        s.setFloat64(8, value.bytes, 0xbff0000000000000n);
      }
      if (value.rateCalls !== undefined) {
        f = "rateCalls";
        s.setFloat64(16, value.rateCalls, 0xbff0000000000000n);
      }
      if (value.ratePerMs !== undefined) {
        f = "ratePerMs";
        s.setFloat64(24, value.ratePerMs, 0x408f400000000000n);
      }
      if (value.expiresMs !== undefined) {
        f = "expiresMs";
        s.setFloat64(32, value.expiresMs, 0xbff0000000000000n);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see owner.capnp:MethodNarrowing, 0xd1b7a6a0c2c4e027 */
export interface MethodNarrowing {
  readonly name: string;
  readonly params: readonly ParamNarrowing[];
}
export const MethodNarrowing: $.StructType<MethodNarrowing> =
  /* @__PURE__ */ $.defineStruct<MethodNarrowing>({
    id: 0xd1b7a6a0c2c4e027n,
    name: "MethodNarrowing",
    dataWords: 0,
    pointers: 2,
    read: (s) => ({
      name: $.Text.read(s.pointer(0)),
      params: ParamNarrowing.readList(s.pointer(1)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.name !== undefined) {
          f = "name";
          $.Text.write(s.pointer(0), value.name);
        }
        if (value.params !== undefined) {
          f = "params";
          ParamNarrowing.writeList(s.pointer(1), value.params);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/**
 * Rules on one parameter.
 * @see owner.capnp:ParamNarrowing, 0xd1b7a6a0c2c4e028
 */
export interface ParamNarrowing {
  readonly name: string;
  /** One of these paths, or a path below it. */
  readonly prefixes: readonly string[];
  /** A URL with one of these hosts. */
  readonly hosts: readonly string[];
  readonly oneOf: readonly string[];
  readonly atMost: number;
  readonly limitBytes: number;
}
export const ParamNarrowing: $.StructType<ParamNarrowing> =
  /* @__PURE__ */ $.defineStruct<ParamNarrowing>({
    id: 0xd1b7a6a0c2c4e028n,
    name: "ParamNarrowing",
    dataWords: 2,
    pointers: 4,
    read: (s) => ({
      name: $.Text.read(s.pointer(0)),
      prefixes: $.Text.readList(s.pointer(1)),
      hosts: $.Text.readList(s.pointer(2)),
      oneOf: $.Text.readList(s.pointer(3)),
      atMost: s.float64(0, 0xbff0000000000000n),
      limitBytes: s.float64(8, 0xbff0000000000000n),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.name !== undefined) {
          f = "name";
          $.Text.write(s.pointer(0), value.name);
        }
        if (value.prefixes !== undefined) {
          f = "prefixes";
          $.Text.writeList(s.pointer(1), value.prefixes);
        }
        if (value.hosts !== undefined) {
          f = "hosts";
          $.Text.writeList(s.pointer(2), value.hosts);
        }
        if (value.oneOf !== undefined) {
          f = "oneOf";
          $.Text.writeList(s.pointer(3), value.oneOf);
        }
        if (value.atMost !== undefined) {
          f = "atMost";
          s.setFloat64(0, value.atMost, 0xbff0000000000000n);
        }
        if (value.limitBytes !== undefined) {
          f = "limitBytes";
          s.setFloat64(8, value.limitBytes, 0xbff0000000000000n);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see owner.capnp:Variable, 0xd1b7a6a0c2c4e003 */
export interface Variable {
  readonly name: string;
  readonly value: string;
}
export const Variable: $.StructType<Variable> = /* @__PURE__ */ $.defineStruct<Variable>({
  id: 0xd1b7a6a0c2c4e003n,
  name: "Variable",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ name: $.Text.read(s.pointer(0)), value: $.Text.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.value !== undefined) {
        f = "value";
        $.Text.write(s.pointer(1), value.value);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * A folder for the first process, writable, beside its image. Its children do not get it.
 * @see owner.capnp:Mount, 0xd1b7a6a0c2c4e004
 */
export interface Mount {
  readonly path: string;
  readonly layer: string;
}
export const Mount: $.StructType<Mount> = /* @__PURE__ */ $.defineStruct<Mount>({
  id: 0xd1b7a6a0c2c4e004n,
  name: "Mount",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ path: $.Text.read(s.pointer(0)), layer: $.Text.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      if (value.layer !== undefined) {
        f = "layer";
        $.Text.write(s.pointer(1), value.layer);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * Limits of a run. Below 0, the kernel chooses.
 * @see owner.capnp:Limits, 0xd1b7a6a0c2c4e005
 */
export interface Limits {
  /** All memories of one process. */
  readonly memoryBytes: number;
  /** All processes together. */
  readonly runMemoryBytes: number;
  /** Of one process. */
  readonly memories: number;
  /** Processor time of one process. */
  readonly cpuSeconds: number;
  /** Of one process. */
  readonly openFiles: number;
  /** Unread bytes of each pipe. */
  readonly pipeBytes: number;
  /** Of one process. */
  readonly children: number;
}
export const Limits: $.StructType<Limits> = /* @__PURE__ */ $.defineStruct<Limits>({
  id: 0xd1b7a6a0c2c4e005n,
  name: "Limits",
  dataWords: 7,
  pointers: 0,
  read: (s) => ({
    memoryBytes: s.float64(0, 0xbff0000000000000n),
    runMemoryBytes: s.float64(8, 0xbff0000000000000n),
    memories: s.float64(16, 0xbff0000000000000n),
    cpuSeconds: s.float64(24, 0xbff0000000000000n),
    openFiles: s.float64(32, 0xbff0000000000000n),
    pipeBytes: s.float64(40, 0xbff0000000000000n),
    children: s.float64(48, 0xbff0000000000000n),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.memoryBytes !== undefined) {
        f = "memoryBytes";
        s.setFloat64(0, value.memoryBytes, 0xbff0000000000000n);
      }
      if (value.runMemoryBytes !== undefined) {
        f = "runMemoryBytes";
        s.setFloat64(8, value.runMemoryBytes, 0xbff0000000000000n);
      }
      if (value.memories !== undefined) {
        f = "memories";
        s.setFloat64(16, value.memories, 0xbff0000000000000n);
      }
      if (value.cpuSeconds !== undefined) {
        f = "cpuSeconds";
        s.setFloat64(24, value.cpuSeconds, 0xbff0000000000000n);
      }
      if (value.openFiles !== undefined) {
        f = "openFiles";
        s.setFloat64(32, value.openFiles, 0xbff0000000000000n);
      }
      if (value.pipeBytes !== undefined) {
        f = "pipeBytes";
        s.setFloat64(40, value.pipeBytes, 0xbff0000000000000n);
      }
      if (value.children !== undefined) {
        f = "children";
        s.setFloat64(48, value.children, 0xbff0000000000000n);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * The streams that are terminals. If both outputs are, both are sent to `stdout`.
 * @see owner.capnp:Terminal, 0xd1b7a6a0c2c4e006
 */
export interface Terminal {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}
export const Terminal: $.StructType<Terminal> = /* @__PURE__ */ $.defineStruct<Terminal>({
  id: 0xd1b7a6a0c2c4e006n,
  name: "Terminal",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ stdin: s.bool(0), stdout: s.bool(1), stderr: s.bool(2) }),
  write(s, value) {
    let f = "";
    try {
      if (value.stdin !== undefined) {
        f = "stdin";
        s.setBool(0, value.stdin);
      }
      if (value.stdout !== undefined) {
        f = "stdout";
        s.setBool(1, value.stdout);
      }
      if (value.stderr !== undefined) {
        f = "stderr";
        s.setBool(2, value.stderr);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see owner.capnp:CellMode, 0xd1b7a6a0c2c4e007 */
export type CellMode = "sharedMemory" | "jspi" | number;
export const CellMode: $.EnumType<"sharedMemory" | "jspi"> = /* @__PURE__ */ $.defineEnum([
  "sharedMemory",
  "jspi",
]);

/**
 * An image that is being opened, is running, or has ended. The release of its last client stops it, unless it was kept.
 * @see owner.capnp:Run, 0xd1b7a6a0c2c4e008
 */
export interface Run extends $.Client<RunServer> {
  stdin(options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
  stdout(options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
  /** The streams of the first process; reads and writes wait until it has started. */
  stderr(options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
  /** Returns at the end, each time with the same outcome. Unread output stays readable. */
  wait(options?: $.CallOptions): $.Call<{ readonly outcome: Outcome }>;
  /** Kills every process; `wait` then gives the reason. */
  stop(reason: string, options?: $.CallOptions): $.Call<object>;
  /** The run continues without clients from now on. */
  keep(options?: $.CallOptions): $.Call<object>;
  /** The bootstrap capability of the first process. */
  bootstrap(options?: $.CallOptions): $.Call<{ readonly cap: $.Client }>;
  processes(options?: $.CallOptions): $.Call<{ readonly processes: readonly ProcessEntry[] }>;
  /** The effective limits. */
  limits(options?: $.CallOptions): $.Call<{ readonly limits: Limits }>;
  /** For an order that `saves`, after the end: the path of the stored image's link, and the whole image. */
  saved(options?: $.CallOptions): $.Call<{ readonly path: string; readonly car: node_.ByteStream }>;
  epoch(options?: $.CallOptions): $.Call<{ readonly epoch: stem_.Epoch }>;
  /**
   * Starts the next epoch: capabilities of earlier epochs are refused from now on. A head is the path of an image, as
   * text: all processes end, the image replaces the last layer, and its first process starts under the new epoch; if it
   * cannot be opened, the run is `halted` until the next head. With an empty head, all processes go on.
   */
  advance(
    head: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<{ readonly epoch: stem_.Epoch }>;
  /** The kernel resources that each live process has used so far. */
  counters(options?: $.CallOptions): $.Call<{ readonly counters: readonly Counters[] }>;
  account(options?: $.CallOptions): $.Call<{ readonly account: Account }>;
  /** What of the run serves HTTP now. */
  handlers(options?: $.CallOptions): $.Call<{ readonly handlers: readonly HandlerEntry[] }>;
  /**
   * One of `handlers`, by its name. With an empty name, all of them as one: the longest prefix that a request has decides,
   * and what has none goes to the program.
   */
  handler(name: string, options?: $.CallOptions): $.Call<{ readonly handler: serve_.HttpHandler }>;
  /** What the first process does now, as far as the kernel knows it. */
  activity(options?: $.CallOptions): $.Call<{ readonly activity: Activity }>;
}
/** What an object implements to be served as `Run`. */
export interface RunServer {
  stdin(context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
  stdout(context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
  /** The streams of the first process; reads and writes wait until it has started. */
  stderr(context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
  /** Returns at the end, each time with the same outcome. Unread output stays readable. */
  wait(context: $.CallContext): $.Served<{ readonly outcome: Outcome }>;
  /** Kills every process; `wait` then gives the reason. */
  stop(reason: string, context: $.CallContext): void | Promise<void>;
  /** The run continues without clients from now on. */
  keep(context: $.CallContext): void | Promise<void>;
  /** The bootstrap capability of the first process. */
  bootstrap(context: $.CallContext): $.Served<{ readonly cap: $.Client }>;
  processes(context: $.CallContext): $.Served<{ readonly processes: readonly ProcessEntry[] }>;
  /** The effective limits. */
  limits(context: $.CallContext): $.Served<{ readonly limits: Limits }>;
  /** For an order that `saves`, after the end: the path of the stored image's link, and the whole image. */
  saved(
    context: $.CallContext,
  ): $.Served<{ readonly path: string; readonly car: node_.ByteStream }>;
  epoch(context: $.CallContext): $.Served<{ readonly epoch: stem_.Epoch }>;
  /**
   * Starts the next epoch: capabilities of earlier epochs are refused from now on. A head is the path of an image, as
   * text: all processes end, the image replaces the last layer, and its first process starts under the new epoch; if it
   * cannot be opened, the run is `halted` until the next head. With an empty head, all processes go on.
   */
  advance(head: Uint8Array, context: $.CallContext): $.Served<{ readonly epoch: stem_.Epoch }>;
  /** The kernel resources that each live process has used so far. */
  counters(context: $.CallContext): $.Served<{ readonly counters: readonly Counters[] }>;
  account(context: $.CallContext): $.Served<{ readonly account: Account }>;
  /** What of the run serves HTTP now. */
  handlers(context: $.CallContext): $.Served<{ readonly handlers: readonly HandlerEntry[] }>;
  /**
   * One of `handlers`, by its name. With an empty name, all of them as one: the longest prefix that a request has decides,
   * and what has none goes to the program.
   */
  handler(name: string, context: $.CallContext): $.Served<{ readonly handler: serve_.HttpHandler }>;
  /** What the first process does now, as far as the kernel knows it. */
  activity(context: $.CallContext): $.Served<{ readonly activity: Activity }>;
}
const Run_stdin_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x952f50e68d2217d8n,
  name: "Run.stdin$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_stdin_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xcdc6073afca087d5n,
    name: "Run.stdin$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => node_.ByteStream] },
    read: (s) => ({ stream: node_.ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          node_.ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_stdout_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf2ec2fae841d04een,
  name: "Run.stdout$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_stdout_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9304c8ea6941ca04n,
    name: "Run.stdout$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => node_.ByteStream] },
    read: (s) => ({ stream: node_.ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          node_.ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_stderr_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xae643323a353568dn,
  name: "Run.stderr$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_stderr_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xfc2db70a35e32f52n,
    name: "Run.stderr$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => node_.ByteStream] },
    read: (s) => ({ stream: node_.ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          node_.ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_wait_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x916d909bc650928bn,
  name: "Run.wait$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_wait_results: $.StructType<{ readonly outcome: Outcome }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe36354c8216458bbn,
    name: "Run.wait$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { outcome: [0, () => Outcome] },
    read: (s) => ({ outcome: Outcome.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.outcome !== undefined) {
          f = "outcome";
          Outcome.write(s.pointer(0), value.outcome);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_stop_params: $.StructType<{ readonly reason: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xdbc336076b7461b6n,
  name: "Run.stop$Params",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ reason: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.reason !== undefined) {
        f = "reason";
        $.Text.write(s.pointer(0), value.reason);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Run_stop_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x8e087c7fd751f4c0n,
  name: "Run.stop$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_keep_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb2b4e2cfc9d8e9c0n,
  name: "Run.keep$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_keep_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf3f8b6a3f5d3e23dn,
  name: "Run.keep$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_bootstrap_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa4195580adb6e903n,
  name: "Run.bootstrap$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_bootstrap_results: $.StructType<{ readonly cap: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc3301b516ff6c3e2n,
    name: "Run.bootstrap$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { cap: [0, () => $.AnyClient] },
    read: (s) => ({ cap: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.cap !== undefined) {
          f = "cap";
          $.AnyClient.write(s.pointer(0), value.cap);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_processes_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xaea4455dce269540n,
  name: "Run.processes$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_processes_results: $.StructType<{ readonly processes: readonly ProcessEntry[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xcca0422f6a9049a4n,
    name: "Run.processes$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ processes: ProcessEntry.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.processes !== undefined) {
          f = "processes";
          ProcessEntry.writeList(s.pointer(0), value.processes);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_limits_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd50792c3eeaed5e5n,
  name: "Run.limits$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_limits_results: $.StructType<{ readonly limits: Limits }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xae5d3c0c20275bd2n,
    name: "Run.limits$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { limits: [0, () => Limits] },
    read: (s) => ({ limits: Limits.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.limits !== undefined) {
          f = "limits";
          Limits.write(s.pointer(0), value.limits);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_saved_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa39cde59cfe34d51n,
  name: "Run.saved$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_saved_results: $.StructType<{ readonly path: string; readonly car: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xab82e9e4e7ea9e86n,
    name: "Run.saved$Results",
    dataWords: 0,
    pointers: 2,
    pipelined: { car: [1, () => node_.ByteStream] },
    read: (s) => ({ path: $.Text.read(s.pointer(0)), car: node_.ByteStream.read(s.pointer(1)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.path !== undefined) {
          f = "path";
          $.Text.write(s.pointer(0), value.path);
        }
        if (value.car !== undefined) {
          f = "car";
          node_.ByteStream.write(s.pointer(1), value.car);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_epoch_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x8088aa93e6e24787n,
  name: "Run.epoch$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_epoch_results: $.StructType<{ readonly epoch: stem_.Epoch }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf4e3128ac45c0c13n,
    name: "Run.epoch$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { epoch: [0, () => stem_.Epoch] },
    read: (s) => ({ epoch: stem_.Epoch.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.epoch !== undefined) {
          f = "epoch";
          stem_.Epoch.write(s.pointer(0), value.epoch);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_advance_params: $.StructType<{ readonly head: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x967e0496d48865ecn,
    name: "Run.advance$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ head: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.head !== undefined) {
          f = "head";
          $.Data.write(s.pointer(0), value.head);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_advance_results: $.StructType<{ readonly epoch: stem_.Epoch }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd158cd94674faac6n,
    name: "Run.advance$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { epoch: [0, () => stem_.Epoch] },
    read: (s) => ({ epoch: stem_.Epoch.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.epoch !== undefined) {
          f = "epoch";
          stem_.Epoch.write(s.pointer(0), value.epoch);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_counters_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe2b3872129dfb385n,
  name: "Run.counters$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_counters_results: $.StructType<{ readonly counters: readonly Counters[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb6963e57e12bf5e5n,
    name: "Run.counters$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ counters: Counters.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counters !== undefined) {
          f = "counters";
          Counters.writeList(s.pointer(0), value.counters);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_account_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x9930aeb483b5d524n,
  name: "Run.account$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_account_results: $.StructType<{ readonly account: Account }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe50e7f051bbb1f71n,
    name: "Run.account$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { account: [0, () => Account] },
    read: (s) => ({ account: Account.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.account !== undefined) {
          f = "account";
          Account.write(s.pointer(0), value.account);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_handlers_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa21770d9de5ae24an,
  name: "Run.handlers$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_handlers_results: $.StructType<{ readonly handlers: readonly HandlerEntry[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xffc68aaad926915cn,
    name: "Run.handlers$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ handlers: HandlerEntry.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.handlers !== undefined) {
          f = "handlers";
          HandlerEntry.writeList(s.pointer(0), value.handlers);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_handler_params: $.StructType<{ readonly name: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xb3b27b366f6e07b3n,
  name: "Run.handler$Params",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ name: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Run_handler_results: $.StructType<{ readonly handler: serve_.HttpHandler }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xbdd162c2f3b5a967n,
    name: "Run.handler$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { handler: [0, () => serve_.HttpHandler] },
    read: (s) => ({ handler: serve_.HttpHandler.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.handler !== undefined) {
          f = "handler";
          serve_.HttpHandler.write(s.pointer(0), value.handler);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Run_activity_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xbb1acdcde91ce723n,
  name: "Run.activity$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Run_activity_results: $.StructType<{ readonly activity: Activity }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb1a362a96ac4b232n,
    name: "Run.activity$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ activity: Activity.toName(s.uint16(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.activity !== undefined) {
          f = "activity";
          s.setUint16(0, Activity.toOrdinal(value.activity));
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Run: $.InterfaceType<Run> = /* @__PURE__ */ $.defineInterface<Run>({
  id: 0xd1b7a6a0c2c4e008n,
  name: "Run",
  methods: [
    {
      name: "stdin",
      parameters: [],
      params: () => Run_stdin_params,
      results: () => Run_stdin_results,
    },
    {
      name: "stdout",
      parameters: [],
      params: () => Run_stdout_params,
      results: () => Run_stdout_results,
    },
    {
      name: "stderr",
      parameters: [],
      params: () => Run_stderr_params,
      results: () => Run_stderr_results,
    },
    {
      name: "wait",
      parameters: [],
      params: () => Run_wait_params,
      results: () => Run_wait_results,
    },
    {
      name: "stop",
      parameters: ["reason"],
      params: () => Run_stop_params,
      results: () => Run_stop_results,
    },
    {
      name: "keep",
      parameters: [],
      params: () => Run_keep_params,
      results: () => Run_keep_results,
    },
    {
      name: "bootstrap",
      parameters: [],
      params: () => Run_bootstrap_params,
      results: () => Run_bootstrap_results,
    },
    {
      name: "processes",
      parameters: [],
      params: () => Run_processes_params,
      results: () => Run_processes_results,
    },
    {
      name: "limits",
      parameters: [],
      params: () => Run_limits_params,
      results: () => Run_limits_results,
    },
    {
      name: "saved",
      parameters: [],
      params: () => Run_saved_params,
      results: () => Run_saved_results,
    },
    {
      name: "epoch",
      parameters: [],
      params: () => Run_epoch_params,
      results: () => Run_epoch_results,
    },
    {
      name: "advance",
      parameters: ["head"],
      params: () => Run_advance_params,
      results: () => Run_advance_results,
    },
    {
      name: "counters",
      parameters: [],
      params: () => Run_counters_params,
      results: () => Run_counters_results,
    },
    {
      name: "account",
      parameters: [],
      params: () => Run_account_params,
      results: () => Run_account_results,
    },
    {
      name: "handlers",
      parameters: [],
      params: () => Run_handlers_params,
      results: () => Run_handlers_results,
    },
    {
      name: "handler",
      parameters: ["name"],
      params: () => Run_handler_params,
      results: () => Run_handler_results,
    },
    {
      name: "activity",
      parameters: [],
      params: () => Run_activity_params,
      results: () => Run_activity_results,
    },
  ],
});

/** @see owner.capnp:Activity, 0x9a7d2c15e6f40b83 */
export type Activity = "runs" | "waitsForInput" | "serves" | "exports" | number;
export const Activity: $.EnumType<"runs" | "waitsForInput" | "serves" | "exports"> =
  /* @__PURE__ */ $.defineEnum(["runs", "waitsForInput", "serves", "exports"]);

/** @see owner.capnp:HandlerEntry, 0xe86ff3c0196815ab */
export interface HandlerEntry {
  /** A prefix of paths, beginning with a slash, or "program". */
  readonly name: string;
  readonly kind: HandlerKind;
}
export const HandlerEntry: $.StructType<HandlerEntry> =
  /* @__PURE__ */ $.defineStruct<HandlerEntry>({
    id: 0xe86ff3c0196815abn,
    name: "HandlerEntry",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({ name: $.Text.read(s.pointer(0)), kind: HandlerKind.toName(s.uint16(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.name !== undefined) {
          f = "name";
          $.Text.write(s.pointer(0), value.name);
        }
        if (value.kind !== undefined) {
          f = "kind";
          s.setUint16(0, HandlerKind.toOrdinal(value.kind));
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see owner.capnp:HandlerKind, 0x9e06587b0f1453de */
export type HandlerKind = "component" | "bootstrap" | "cgi" | number;
export const HandlerKind: $.EnumType<"component" | "bootstrap" | "cgi"> =
  /* @__PURE__ */ $.defineEnum(["component", "bootstrap", "cgi"]);

/**
 * Who holds what, through whom, and how it is used.
 * @see owner.capnp:Account, 0xd1b7a6a0c2c4e030
 */
export interface Account extends $.Client<AccountServer> {
  snapshot(options?: $.CallOptions): $.Call<{ readonly entries: readonly AccountEntry[] }>;
  /** Calls the watcher now and after each change other than a use, until `watching` is released. */
  watch(
    watcher: $.Init<AccountWatcher>,
    options?: $.CallOptions,
  ): $.Call<{ readonly watching: $.Client }>;
  /**
   * Ends a grant and all that was granted through it: calls in flight fail, later ones are not delivered. The result names
   * what has ended, the grant first.
   */
  revoke(id: number, options?: $.CallOptions): $.Call<{ readonly ended: readonly string[] }>;
  /** The latest events as lines of JSON, oldest first. */
  log(options?: $.CallOptions): $.Call<{ readonly lines: string }>;
}
/** What an object implements to be served as `Account`. */
export interface AccountServer {
  snapshot(context: $.CallContext): $.Served<{ readonly entries: readonly AccountEntry[] }>;
  /** Calls the watcher now and after each change other than a use, until `watching` is released. */
  watch(watcher: AccountWatcher, context: $.CallContext): $.Served<{ readonly watching: $.Client }>;
  /**
   * Ends a grant and all that was granted through it: calls in flight fail, later ones are not delivered. The result names
   * what has ended, the grant first.
   */
  revoke(id: number, context: $.CallContext): $.Served<{ readonly ended: readonly string[] }>;
  /** The latest events as lines of JSON, oldest first. */
  log(context: $.CallContext): $.Served<{ readonly lines: string }>;
}
const Account_snapshot_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb6c07b9ec8e718d4n,
  name: "Account.snapshot$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Account_snapshot_results: $.StructType<{ readonly entries: readonly AccountEntry[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd1907a0cab3fdab6n,
    name: "Account.snapshot$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ entries: AccountEntry.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.entries !== undefined) {
          f = "entries";
          AccountEntry.writeList(s.pointer(0), value.entries);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Account_watch_params: $.StructType<{ readonly watcher: AccountWatcher }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc3a261d87af414edn,
    name: "Account.watch$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { watcher: [0, () => AccountWatcher] },
    read: (s) => ({ watcher: AccountWatcher.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.watcher !== undefined) {
          f = "watcher";
          AccountWatcher.write(s.pointer(0), value.watcher);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Account_watch_results: $.StructType<{ readonly watching: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xba4deb38b41e2ab5n,
    name: "Account.watch$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { watching: [0, () => $.AnyClient] },
    read: (s) => ({ watching: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.watching !== undefined) {
          f = "watching";
          $.AnyClient.write(s.pointer(0), value.watching);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Account_revoke_params: $.StructType<{ readonly id: number }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xccd0b207875b469fn,
    name: "Account.revoke$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ id: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.id !== undefined) {
          f = "id";
          s.setUint32(0, value.id);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Account_revoke_results: $.StructType<{ readonly ended: readonly string[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc8d7a7c4872d5733n,
    name: "Account.revoke$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ ended: $.Text.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.ended !== undefined) {
          f = "ended";
          $.Text.writeList(s.pointer(0), value.ended);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Account_log_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x97d76a4fef6ed09an,
  name: "Account.log$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Account_log_results: $.StructType<{ readonly lines: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa28d86cfb53733ean,
    name: "Account.log$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ lines: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.lines !== undefined) {
          f = "lines";
          $.Text.write(s.pointer(0), value.lines);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Account: $.InterfaceType<Account> = /* @__PURE__ */ $.defineInterface<Account>({
  id: 0xd1b7a6a0c2c4e030n,
  name: "Account",
  methods: [
    {
      name: "snapshot",
      parameters: [],
      params: () => Account_snapshot_params,
      results: () => Account_snapshot_results,
    },
    {
      name: "watch",
      parameters: ["watcher"],
      params: () => Account_watch_params,
      results: () => Account_watch_results,
    },
    {
      name: "revoke",
      parameters: ["id"],
      params: () => Account_revoke_params,
      results: () => Account_revoke_results,
    },
    {
      name: "log",
      parameters: [],
      params: () => Account_log_params,
      results: () => Account_log_results,
    },
  ],
});

/** @see owner.capnp:AccountWatcher, 0xd1b7a6a0c2c4e031 */
export interface AccountWatcher extends $.Client<AccountWatcherServer> {
  changed(entries: $.Init<readonly AccountEntry[]>, options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `AccountWatcher`. */
export interface AccountWatcherServer {
  changed(entries: readonly AccountEntry[], context: $.CallContext): void | Promise<void>;
}
const AccountWatcher_changed_params: $.StructType<{ readonly entries: readonly AccountEntry[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x81889cdd89223810n,
    name: "AccountWatcher.changed$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ entries: AccountEntry.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.entries !== undefined) {
          f = "entries";
          AccountEntry.writeList(s.pointer(0), value.entries);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const AccountWatcher_changed_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x92aa13c9b3d7c541n,
  name: "AccountWatcher.changed$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const AccountWatcher: $.InterfaceType<AccountWatcher> =
  /* @__PURE__ */ $.defineInterface<AccountWatcher>({
    id: 0xd1b7a6a0c2c4e031n,
    name: "AccountWatcher",
    methods: [
      {
        name: "changed",
        parameters: ["entries"],
        params: () => AccountWatcher_changed_params,
        results: () => AccountWatcher_changed_results,
      },
    ],
  });

/**
 * One grant to one process.
 * @see owner.capnp:AccountEntry, 0xd1b7a6a0c2c4e032
 */
export interface AccountEntry {
  /** Ascending from 1; never reused. */
  readonly id: number;
  readonly pid: number;
  /** The process, for the owner. */
  readonly holder: string;
  /** Under which the process has it. */
  readonly name: string;
  /** What it is. */
  readonly label: string;
  readonly restrictions: readonly string[];
  /** The entry it was granted through; 0 for the owner. */
  readonly via: number;
  /** Since 1970. */
  readonly sinceMs: number;
  readonly uses: number;
  readonly refusals: number;
  readonly lastRefusal: string;
  /** Every image has it, so that nobody had to give it. */
  readonly basic: boolean;
}
export const AccountEntry: $.StructType<AccountEntry> =
  /* @__PURE__ */ $.defineStruct<AccountEntry>({
    id: 0xd1b7a6a0c2c4e032n,
    name: "AccountEntry",
    dataWords: 5,
    pointers: 5,
    read: (s) => ({
      id: s.uint32(0),
      pid: s.uint32(4),
      holder: $.Text.read(s.pointer(0)),
      name: $.Text.read(s.pointer(1)),
      label: $.Text.read(s.pointer(2)),
      restrictions: $.Text.readList(s.pointer(3)),
      via: s.uint32(8),
      sinceMs: s.float64(16),
      uses: s.float64(24),
      refusals: s.float64(32),
      lastRefusal: $.Text.read(s.pointer(4)),
      basic: s.bool(96),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.id !== undefined) {
          f = "id";
          s.setUint32(0, value.id);
        }
        if (value.pid !== undefined) {
          f = "pid";
          s.setUint32(4, value.pid);
        }
        if (value.holder !== undefined) {
          f = "holder";
          $.Text.write(s.pointer(0), value.holder);
        }
        if (value.name !== undefined) {
          f = "name";
          $.Text.write(s.pointer(1), value.name);
        }
        if (value.label !== undefined) {
          f = "label";
          $.Text.write(s.pointer(2), value.label);
        }
        if (value.restrictions !== undefined) {
          f = "restrictions";
          $.Text.writeList(s.pointer(3), value.restrictions);
        }
        if (value.via !== undefined) {
          f = "via";
          s.setUint32(8, value.via);
        }
        if (value.sinceMs !== undefined) {
          f = "sinceMs";
          s.setFloat64(16, value.sinceMs);
        }
        if (value.uses !== undefined) {
          f = "uses";
          s.setFloat64(24, value.uses);
        }
        if (value.refusals !== undefined) {
          f = "refusals";
          s.setFloat64(32, value.refusals);
        }
        if (value.lastRefusal !== undefined) {
          f = "lastRefusal";
          $.Text.write(s.pointer(4), value.lastRefusal);
        }
        if (value.basic !== undefined) {
          f = "basic";
          s.setBool(96, value.basic);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see owner.capnp:RunEntry, 0xd1b7a6a0c2c4e009 */
export interface RunEntry {
  /** Ascending; never reused. */
  readonly id: number;
  readonly layers: readonly string[];
  readonly stage: Stage;
  readonly processes: readonly ProcessEntry[];
  readonly run: Run;
}
export const RunEntry: $.StructType<RunEntry> = /* @__PURE__ */ $.defineStruct<RunEntry>({
  id: 0xd1b7a6a0c2c4e009n,
  name: "RunEntry",
  dataWords: 1,
  pointers: 4,
  pipelined: { stage: [1, () => Stage], run: [3, () => Run] },
  read: (s) => ({
    id: s.uint32(0),
    layers: $.Text.readList(s.pointer(0)),
    stage: Stage.read(s.pointer(1)),
    processes: ProcessEntry.readList(s.pointer(2)),
    run: Run.read(s.pointer(3)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.id !== undefined) {
        f = "id";
        s.setUint32(0, value.id);
      }
      if (value.layers !== undefined) {
        f = "layers";
        $.Text.writeList(s.pointer(0), value.layers);
      }
      if (value.stage !== undefined) {
        f = "stage";
        Stage.write(s.pointer(1), value.stage);
      }
      if (value.processes !== undefined) {
        f = "processes";
        ProcessEntry.writeList(s.pointer(2), value.processes);
      }
      if (value.run !== undefined) {
        f = "run";
        Run.write(s.pointer(3), value.run);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see owner.capnp:ProcessEntry, 0xd1b7a6a0c2c4e00a */
export interface ProcessEntry {
  /** 0 is the first. */
  readonly pid: number;
  /** Its own pid for the first. */
  readonly parent: number;
  /** Beginning with its name. */
  readonly args: readonly string[];
}
export const ProcessEntry: $.StructType<ProcessEntry> =
  /* @__PURE__ */ $.defineStruct<ProcessEntry>({
    id: 0xd1b7a6a0c2c4e00an,
    name: "ProcessEntry",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({ pid: s.uint32(0), parent: s.uint32(4), args: $.Text.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.pid !== undefined) {
          f = "pid";
          s.setUint32(0, value.pid);
        }
        if (value.parent !== undefined) {
          f = "parent";
          s.setUint32(4, value.parent);
        }
        if (value.args !== undefined) {
          f = "args";
          $.Text.writeList(s.pointer(0), value.args);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see owner.capnp:Counters, 0xd1b7a6a0c2c4e00f */
export interface Counters {
  readonly pid: number;
  /** Sent by the process to the kernel. */
  readonly receivedMessages: number;
  readonly receivedBytes: number;
  readonly sentMessages: number;
  readonly sentBytes: number;
  /** Calls of the process that are not answered yet. */
  readonly openCalls: number;
  /** Kernel thread time spent on its messages. */
  readonly busyMs: number;
}
export const Counters: $.StructType<Counters> = /* @__PURE__ */ $.defineStruct<Counters>({
  id: 0xd1b7a6a0c2c4e00fn,
  name: "Counters",
  dataWords: 6,
  pointers: 0,
  read: (s) => ({
    pid: s.uint32(0),
    receivedMessages: s.float64(8),
    receivedBytes: s.float64(16),
    sentMessages: s.float64(24),
    sentBytes: s.float64(32),
    openCalls: s.uint32(4),
    busyMs: s.float64(40),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.pid !== undefined) {
        f = "pid";
        s.setUint32(0, value.pid);
      }
      if (value.receivedMessages !== undefined) {
        f = "receivedMessages";
        s.setFloat64(8, value.receivedMessages);
      }
      if (value.receivedBytes !== undefined) {
        f = "receivedBytes";
        s.setFloat64(16, value.receivedBytes);
      }
      if (value.sentMessages !== undefined) {
        f = "sentMessages";
        s.setFloat64(24, value.sentMessages);
      }
      if (value.sentBytes !== undefined) {
        f = "sentBytes";
        s.setFloat64(32, value.sentBytes);
      }
      if (value.openCalls !== undefined) {
        f = "openCalls";
        s.setUint32(4, value.openCalls);
      }
      if (value.busyMs !== undefined) {
        f = "busyMs";
        s.setFloat64(40, value.busyMs);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * The stage of a run.
 * @see owner.capnp:Stage, 0xd1b7a6a0c2c4e00b
 */
export type Stage =
  | {
      readonly which: "opening";
      /** The code that opens it is being loaded. */
      readonly opening: undefined;
    }
  | { readonly which: "fetching"; readonly fetching: Fetching }
  | {
      readonly which: "preparing";
      /** Its component is being compiled. */
      readonly preparing: undefined;
    }
  | { readonly which: "running"; readonly running: undefined }
  | { readonly which: "ended"; readonly ended: Outcome }
  | {
      readonly which: "halted";
      /** No process runs: why the image of the last head could not be started. */
      readonly halted: string;
    }
  | {
      readonly which: number;
      readonly opening?: undefined;
      readonly fetching?: undefined;
      readonly preparing?: undefined;
      readonly running?: undefined;
      readonly ended?: undefined;
      readonly halted?: undefined;
    };
export const Stage: $.StructType<Stage> = /* @__PURE__ */ $.defineStruct<Stage>({
  id: 0xd1b7a6a0c2c4e00bn,
  name: "Stage",
  dataWords: 1,
  pointers: 1,
  read(s) {
    const which = s.uint16(0);
    switch (which) {
      case 0:
        return { which: "opening" as const, opening: undefined };
      case 1:
        return { which: "fetching" as const, fetching: Fetching.read(s.pointer(0)) };
      case 2:
        return { which: "preparing" as const, preparing: undefined };
      case 3:
        return { which: "running" as const, running: undefined };
      case 4:
        return { which: "ended" as const, ended: Outcome.read(s.pointer(0)) };
      case 5:
        return { which: "halted" as const, halted: $.Text.read(s.pointer(0)) };
      default:
        return { which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      switch (value.which) {
        case "opening":
          s.setUint16(0, 0);
          break;
        case "fetching":
          s.setUint16(0, 1);
          if (value.fetching !== undefined) {
            f = "fetching";
            Fetching.write(s.pointer(0), value.fetching);
          }
          break;
        case "preparing":
          s.setUint16(0, 2);
          break;
        case "running":
          s.setUint16(0, 3);
          break;
        case "ended":
          s.setUint16(0, 4);
          if (value.ended !== undefined) {
            f = "ended";
            Outcome.write(s.pointer(0), value.ended);
          }
          break;
        case "halted":
          s.setUint16(0, 5);
          if (value.halted !== undefined) {
            f = "halted";
            $.Text.write(s.pointer(0), value.halted);
          }
          break;
        case undefined:
          $.requireNone(value, ["opening", "fetching", "preparing", "running", "ended", "halted"]);
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

/** @see owner.capnp:Fetching, 0xd1b7a6a0c2c4e00c */
export interface Fetching {
  /** Counted from 1. */
  readonly layer: number;
  readonly layers: number;
  readonly blocks: number;
  readonly bytes: number;
  /** Below 0 if unknown. */
  readonly totalBytes: number;
  /** The delay that a busy gateway has requested, while waiting. */
  readonly waitSeconds: number;
  /** Gateways and peers that were asked so far. */
  readonly asked: readonly string[];
}
export const Fetching: $.StructType<Fetching> = /* @__PURE__ */ $.defineStruct<Fetching>({
  id: 0xd1b7a6a0c2c4e00cn,
  name: "Fetching",
  dataWords: 5,
  pointers: 1,
  read: (s) => ({
    layer: s.uint32(0),
    layers: s.uint32(4),
    blocks: s.uint32(8),
    bytes: s.float64(16),
    totalBytes: s.float64(24, 0xbff0000000000000n),
    waitSeconds: s.float64(32),
    asked: $.Text.readList(s.pointer(0)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.layer !== undefined) {
        f = "layer";
        s.setUint32(0, value.layer);
      }
      if (value.layers !== undefined) {
        f = "layers";
        s.setUint32(4, value.layers);
      }
      if (value.blocks !== undefined) {
        f = "blocks";
        s.setUint32(8, value.blocks);
      }
      if (value.bytes !== undefined) {
        f = "bytes";
        s.setFloat64(16, value.bytes);
      }
      if (value.totalBytes !== undefined) {
        f = "totalBytes";
        s.setFloat64(24, value.totalBytes, 0xbff0000000000000n);
      }
      if (value.waitSeconds !== undefined) {
        f = "waitSeconds";
        s.setFloat64(32, value.waitSeconds);
      }
      if (value.asked !== undefined) {
        f = "asked";
        $.Text.writeList(s.pointer(0), value.asked);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * How a run ended. The texts are for users.
 * @see owner.capnp:Outcome, 0xd1b7a6a0c2c4e00d
 */
export type Outcome =
  | {
      readonly which: "exited";
      /** The exit code. */
      readonly exited: number;
    }
  | { readonly which: "trapped"; readonly trapped: string }
  | { readonly which: "killed"; readonly killed: string }
  | {
      readonly which: "failed";
      /** It never started. */
      readonly failed: string;
    }
  | {
      readonly which: number;
      readonly exited?: undefined;
      readonly trapped?: undefined;
      readonly killed?: undefined;
      readonly failed?: undefined;
    };
export const Outcome: $.StructType<Outcome> = /* @__PURE__ */ $.defineStruct<Outcome>({
  id: 0xd1b7a6a0c2c4e00dn,
  name: "Outcome",
  dataWords: 1,
  pointers: 1,
  read(s) {
    const which = s.uint16(4);
    switch (which) {
      case 0:
        return { which: "exited" as const, exited: s.int32(0) };
      case 1:
        return { which: "trapped" as const, trapped: $.Text.read(s.pointer(0)) };
      case 2:
        return { which: "killed" as const, killed: $.Text.read(s.pointer(0)) };
      case 3:
        return { which: "failed" as const, failed: $.Text.read(s.pointer(0)) };
      default:
        return { which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      switch (value.which) {
        case "exited":
          s.setUint16(4, 0);
          if (value.exited !== undefined) {
            f = "exited";
            s.setInt32(0, value.exited);
          }
          break;
        case "trapped":
          s.setUint16(4, 1);
          if (value.trapped !== undefined) {
            f = "trapped";
            $.Text.write(s.pointer(0), value.trapped);
          }
          break;
        case "killed":
          s.setUint16(4, 2);
          if (value.killed !== undefined) {
            f = "killed";
            $.Text.write(s.pointer(0), value.killed);
          }
          break;
        case "failed":
          s.setUint16(4, 3);
          if (value.failed !== undefined) {
            f = "failed";
            $.Text.write(s.pointer(0), value.failed);
          }
          break;
        case undefined:
          $.requireNone(value, ["exited", "trapped", "killed", "failed"]);
          break;
        default:
          f = "which";
          s.setUint16(4, value.which);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see owner.capnp:RunWatcher, 0xd1b7a6a0c2c4e00e */
export interface RunWatcher extends $.Client<RunWatcherServer> {
  changed(entry: $.Init<RunEntry>, options?: $.CallOptions): $.Call<object>;
  gone(id: number, options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `RunWatcher`. */
export interface RunWatcherServer {
  changed(entry: RunEntry, context: $.CallContext): void | Promise<void>;
  gone(id: number, context: $.CallContext): void | Promise<void>;
}
const RunWatcher_changed_params: $.StructType<{ readonly entry: RunEntry }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x86fa25da05d5e162n,
    name: "RunWatcher.changed$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { entry: [0, () => RunEntry] },
    read: (s) => ({ entry: RunEntry.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.entry !== undefined) {
          f = "entry";
          RunEntry.write(s.pointer(0), value.entry);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const RunWatcher_changed_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x88869bccd048fb0fn,
  name: "RunWatcher.changed$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const RunWatcher_gone_params: $.StructType<{ readonly id: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe781f43a5ea7974fn,
    name: "RunWatcher.gone$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ id: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.id !== undefined) {
          f = "id";
          s.setUint32(0, value.id);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const RunWatcher_gone_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb7925ed6dd0def15n,
  name: "RunWatcher.gone$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const RunWatcher: $.InterfaceType<RunWatcher> =
  /* @__PURE__ */ $.defineInterface<RunWatcher>({
    id: 0xd1b7a6a0c2c4e00en,
    name: "RunWatcher",
    methods: [
      {
        name: "changed",
        parameters: ["entry"],
        params: () => RunWatcher_changed_params,
        results: () => RunWatcher_changed_results,
      },
      {
        name: "gone",
        parameters: ["id"],
        params: () => RunWatcher_gone_params,
        results: () => RunWatcher_gone_results,
      },
    ],
  });

/**
 * The devices that a page lends to its kernel.
 * @see owner.capnp:Device, 0xd1b7a6a0c2c4e010
 */
export interface Device extends $.Client<DeviceServer> {
  /** The page's node, without an executor. */
  host(options?: $.CallOptions): $.Call<{ readonly host: peer_.Host }>;
  /** Fetches an image and its mounts. If its files alone are wanted, it needs no program. */
  open(
    layers: readonly string[],
    mounts: $.Init<readonly Mount[]>,
    progress: $.Init<Progress>,
    peers: readonly string[],
    filesOnly: boolean,
    options?: $.CallOptions,
  ): $.Call<{ readonly opened: OpenedImage }>;
  content(
    options?: $.CallOptions,
  ): $.Call<{ readonly ipfs: content_.Ipfs; readonly routing: content_.Routing }>;
  keys(options?: $.CallOptions): $.Call<{ readonly keys: NodeKeys }>;
  /** What `Owner.meet` does. */
  meet(address: string, options?: $.CallOptions): $.Call<{ readonly peer: Uint8Array }>;
}
/** What an object implements to be served as `Device`. */
export interface DeviceServer {
  /** The page's node, without an executor. */
  host(context: $.CallContext): $.Served<{ readonly host: peer_.Host }>;
  /** Fetches an image and its mounts. If its files alone are wanted, it needs no program. */
  open(
    layers: readonly string[],
    mounts: readonly Mount[],
    progress: Progress,
    peers: readonly string[],
    filesOnly: boolean,
    context: $.CallContext,
  ): $.Served<{ readonly opened: OpenedImage }>;
  content(
    context: $.CallContext,
  ): $.Served<{ readonly ipfs: content_.Ipfs; readonly routing: content_.Routing }>;
  keys(context: $.CallContext): $.Served<{ readonly keys: NodeKeys }>;
  /** What `Owner.meet` does. */
  meet(address: string, context: $.CallContext): $.Served<{ readonly peer: Uint8Array }>;
}
const Device_host_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xdd9941946b3a5992n,
  name: "Device.host$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Device_host_results: $.StructType<{ readonly host: peer_.Host }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x854531ef79dfe619n,
    name: "Device.host$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { host: [0, () => peer_.Host] },
    read: (s) => ({ host: peer_.Host.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.host !== undefined) {
          f = "host";
          peer_.Host.write(s.pointer(0), value.host);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Device_open_params: $.StructType<{
  readonly layers: readonly string[];
  readonly mounts: readonly Mount[];
  readonly progress: Progress;
  readonly peers: readonly string[];
  readonly filesOnly: boolean;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xd2ac48fccda16dean,
  name: "Device.open$Params",
  dataWords: 1,
  pointers: 4,
  pipelined: { progress: [2, () => Progress] },
  read: (s) => ({
    layers: $.Text.readList(s.pointer(0)),
    mounts: Mount.readList(s.pointer(1)),
    progress: Progress.read(s.pointer(2)),
    peers: $.Text.readList(s.pointer(3)),
    filesOnly: s.bool(0),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.layers !== undefined) {
        f = "layers";
        $.Text.writeList(s.pointer(0), value.layers);
      }
      if (value.mounts !== undefined) {
        f = "mounts";
        Mount.writeList(s.pointer(1), value.mounts);
      }
      if (value.progress !== undefined) {
        f = "progress";
        Progress.write(s.pointer(2), value.progress);
      }
      if (value.peers !== undefined) {
        f = "peers";
        $.Text.writeList(s.pointer(3), value.peers);
      }
      if (value.filesOnly !== undefined) {
        f = "filesOnly";
        s.setBool(0, value.filesOnly);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Device_open_results: $.StructType<{ readonly opened: OpenedImage }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x84a389313439707cn,
    name: "Device.open$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { opened: [0, () => OpenedImage] },
    read: (s) => ({ opened: OpenedImage.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.opened !== undefined) {
          f = "opened";
          OpenedImage.write(s.pointer(0), value.opened);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Device_content_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe11433f9c565ed75n,
  name: "Device.content$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Device_content_results: $.StructType<{
  readonly ipfs: content_.Ipfs;
  readonly routing: content_.Routing;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xe5283328a6281164n,
  name: "Device.content$Results",
  dataWords: 0,
  pointers: 2,
  pipelined: { ipfs: [0, () => content_.Ipfs], routing: [1, () => content_.Routing] },
  read: (s) => ({
    ipfs: content_.Ipfs.read(s.pointer(0)),
    routing: content_.Routing.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.ipfs !== undefined) {
        f = "ipfs";
        content_.Ipfs.write(s.pointer(0), value.ipfs);
      }
      if (value.routing !== undefined) {
        f = "routing";
        content_.Routing.write(s.pointer(1), value.routing);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Device_keys_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xcfba65c725ea1074n,
  name: "Device.keys$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Device_keys_results: $.StructType<{ readonly keys: NodeKeys }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd5a2b8ed46f98dc4n,
    name: "Device.keys$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { keys: [0, () => NodeKeys] },
    read: (s) => ({ keys: NodeKeys.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.keys !== undefined) {
          f = "keys";
          NodeKeys.write(s.pointer(0), value.keys);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Device_meet_params: $.StructType<{ readonly address: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x85c170e5ee377dddn,
    name: "Device.meet$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ address: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.address !== undefined) {
          f = "address";
          $.Text.write(s.pointer(0), value.address);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Device_meet_results: $.StructType<{ readonly peer: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb49ea3e2f35166d3n,
    name: "Device.meet$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ peer: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.peer !== undefined) {
          f = "peer";
          $.Data.write(s.pointer(0), value.peer);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Device: $.InterfaceType<Device> = /* @__PURE__ */ $.defineInterface<Device>({
  id: 0xd1b7a6a0c2c4e010n,
  name: "Device",
  methods: [
    {
      name: "host",
      parameters: [],
      params: () => Device_host_params,
      results: () => Device_host_results,
    },
    {
      name: "open",
      parameters: ["layers", "mounts", "progress", "peers", "filesOnly"],
      params: () => Device_open_params,
      results: () => Device_open_results,
    },
    {
      name: "content",
      parameters: [],
      params: () => Device_content_params,
      results: () => Device_content_results,
    },
    {
      name: "keys",
      parameters: [],
      params: () => Device_keys_params,
      results: () => Device_keys_results,
    },
    {
      name: "meet",
      parameters: ["address"],
      params: () => Device_meet_params,
      results: () => Device_meet_results,
    },
  ],
});

/**
 * Signed envelopes of libp2p. The node's private key stays on the page.
 * @see owner.capnp:NodeKeys, 0xd1b7a6a0c2c4e017
 */
export interface NodeKeys extends $.Client<NodeKeysServer> {
  seal(
    domain: string,
    payloadType: $.Init<Uint8Array>,
    payload: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<{ readonly envelope: Uint8Array }>;
  /** Fails if the envelope is of another domain, or its signature is wrong. The key is in libp2p's protobuf form. */
  open(
    domain: string,
    envelope: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<{
    readonly publicKey: Uint8Array;
    readonly payloadType: Uint8Array;
    readonly payload: Uint8Array;
  }>;
  verify(
    data: $.Init<Uint8Array>,
    signature: $.Init<Uint8Array>,
    publicKey: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<{ readonly valid: boolean }>;
}
/** What an object implements to be served as `NodeKeys`. */
export interface NodeKeysServer {
  seal(
    domain: string,
    payloadType: Uint8Array,
    payload: Uint8Array,
    context: $.CallContext,
  ): $.Served<{ readonly envelope: Uint8Array }>;
  /** Fails if the envelope is of another domain, or its signature is wrong. The key is in libp2p's protobuf form. */
  open(
    domain: string,
    envelope: Uint8Array,
    context: $.CallContext,
  ): $.Served<{
    readonly publicKey: Uint8Array;
    readonly payloadType: Uint8Array;
    readonly payload: Uint8Array;
  }>;
  verify(
    data: Uint8Array,
    signature: Uint8Array,
    publicKey: Uint8Array,
    context: $.CallContext,
  ): $.Served<{ readonly valid: boolean }>;
}
const NodeKeys_seal_params: $.StructType<{
  readonly domain: string;
  readonly payloadType: Uint8Array;
  readonly payload: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xdd8ca103d722fcben,
  name: "NodeKeys.seal$Params",
  dataWords: 0,
  pointers: 3,
  read: (s) => ({
    domain: $.Text.read(s.pointer(0)),
    payloadType: $.Data.read(s.pointer(1)),
    payload: $.Data.read(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.domain !== undefined) {
        f = "domain";
        $.Text.write(s.pointer(0), value.domain);
      }
      if (value.payloadType !== undefined) {
        f = "payloadType";
        $.Data.write(s.pointer(1), value.payloadType);
      }
      if (value.payload !== undefined) {
        f = "payload";
        $.Data.write(s.pointer(2), value.payload);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const NodeKeys_seal_results: $.StructType<{ readonly envelope: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xaed6f52314bc5eabn,
    name: "NodeKeys.seal$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ envelope: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.envelope !== undefined) {
          f = "envelope";
          $.Data.write(s.pointer(0), value.envelope);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const NodeKeys_open_params: $.StructType<{
  readonly domain: string;
  readonly envelope: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xb93dfd55e355f27bn,
  name: "NodeKeys.open$Params",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ domain: $.Text.read(s.pointer(0)), envelope: $.Data.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.domain !== undefined) {
        f = "domain";
        $.Text.write(s.pointer(0), value.domain);
      }
      if (value.envelope !== undefined) {
        f = "envelope";
        $.Data.write(s.pointer(1), value.envelope);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const NodeKeys_open_results: $.StructType<{
  readonly publicKey: Uint8Array;
  readonly payloadType: Uint8Array;
  readonly payload: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xcf3f0aff66091been,
  name: "NodeKeys.open$Results",
  dataWords: 0,
  pointers: 3,
  read: (s) => ({
    publicKey: $.Data.read(s.pointer(0)),
    payloadType: $.Data.read(s.pointer(1)),
    payload: $.Data.read(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.publicKey !== undefined) {
        f = "publicKey";
        $.Data.write(s.pointer(0), value.publicKey);
      }
      if (value.payloadType !== undefined) {
        f = "payloadType";
        $.Data.write(s.pointer(1), value.payloadType);
      }
      if (value.payload !== undefined) {
        f = "payload";
        $.Data.write(s.pointer(2), value.payload);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const NodeKeys_verify_params: $.StructType<{
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xe39219687dded949n,
  name: "NodeKeys.verify$Params",
  dataWords: 0,
  pointers: 3,
  read: (s) => ({
    data: $.Data.read(s.pointer(0)),
    signature: $.Data.read(s.pointer(1)),
    publicKey: $.Data.read(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.data !== undefined) {
        f = "data";
        $.Data.write(s.pointer(0), value.data);
      }
      if (value.signature !== undefined) {
        f = "signature";
        $.Data.write(s.pointer(1), value.signature);
      }
      if (value.publicKey !== undefined) {
        f = "publicKey";
        $.Data.write(s.pointer(2), value.publicKey);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const NodeKeys_verify_results: $.StructType<{ readonly valid: boolean }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xbe3ad4964be0125bn,
    name: "NodeKeys.verify$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ valid: s.bool(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.valid !== undefined) {
          f = "valid";
          s.setBool(0, value.valid);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const NodeKeys: $.InterfaceType<NodeKeys> = /* @__PURE__ */ $.defineInterface<NodeKeys>({
  id: 0xd1b7a6a0c2c4e017n,
  name: "NodeKeys",
  methods: [
    {
      name: "seal",
      parameters: ["domain", "payloadType", "payload"],
      params: () => NodeKeys_seal_params,
      results: () => NodeKeys_seal_results,
    },
    {
      name: "open",
      parameters: ["domain", "envelope"],
      params: () => NodeKeys_open_params,
      results: () => NodeKeys_open_results,
    },
    {
      name: "verify",
      parameters: ["data", "signature", "publicKey"],
      params: () => NodeKeys_verify_params,
      results: () => NodeKeys_verify_results,
    },
  ],
});

/** @see owner.capnp:Progress, 0xd1b7a6a0c2c4e011 */
export interface Progress extends $.Client<ProgressServer> {
  report(fetching: $.Init<Fetching>, options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `Progress`. */
export interface ProgressServer {
  report(fetching: Fetching, context: $.CallContext): void | Promise<void>;
}
const Progress_report_params: $.StructType<{ readonly fetching: Fetching }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa9ebf0a3ef0e26cdn,
    name: "Progress.report$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { fetching: [0, () => Fetching] },
    read: (s) => ({ fetching: Fetching.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.fetching !== undefined) {
          f = "fetching";
          Fetching.write(s.pointer(0), value.fetching);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Progress_report_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xfa8947248c79f863n,
  name: "Progress.report$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const Progress: $.InterfaceType<Progress> = /* @__PURE__ */ $.defineInterface<Progress>({
  id: 0xd1b7a6a0c2c4e011n,
  name: "Progress",
  methods: [
    {
      name: "report",
      parameters: ["fetching"],
      params: () => Progress_report_params,
      results: () => Progress_report_results,
    },
  ],
});

/** @see owner.capnp:OpenedImage, 0xd1b7a6a0c2c4e016 */
export interface OpenedImage {
  /** Its path, as the link names it. */
  readonly program: string;
  /** The path of its component. */
  readonly entrypoint: string;
  /** The files of the image, then those of each mount. */
  readonly trees: readonly Tree[];
  readonly image: Image;
  /** Of its boot folder. */
  readonly peers: readonly node_.PeerInfo[];
}
export const OpenedImage: $.StructType<OpenedImage> = /* @__PURE__ */ $.defineStruct<OpenedImage>({
  id: 0xd1b7a6a0c2c4e016n,
  name: "OpenedImage",
  dataWords: 0,
  pointers: 5,
  pipelined: { image: [3, () => Image] },
  read: (s) => ({
    program: $.Text.read(s.pointer(0)),
    entrypoint: $.Text.read(s.pointer(1)),
    trees: Tree.readList(s.pointer(2)),
    image: Image.read(s.pointer(3)),
    peers: node_.PeerInfo.readList(s.pointer(4)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.program !== undefined) {
        f = "program";
        $.Text.write(s.pointer(0), value.program);
      }
      if (value.entrypoint !== undefined) {
        f = "entrypoint";
        $.Text.write(s.pointer(1), value.entrypoint);
      }
      if (value.trees !== undefined) {
        f = "trees";
        Tree.writeList(s.pointer(2), value.trees);
      }
      if (value.image !== undefined) {
        f = "image";
        Image.write(s.pointer(3), value.image);
      }
      if (value.peers !== undefined) {
        f = "peers";
        node_.PeerInfo.writeList(s.pointer(4), value.peers);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * An image that the page has opened; releasing it closes it.
 * @see owner.capnp:Image, 0xd1b7a6a0c2c4e012
 */
export interface Image extends $.Client<ImageServer> {
  /** Stores a snapshot. Its `kept` entries refer to the trees of `OpenedImage`. */
  save(
    snapshot: $.Init<Tree>,
    options?: $.CallOptions,
  ): $.Call<{ readonly path: string; readonly car: node_.ByteStream }>;
}
/** What an object implements to be served as `Image`. */
export interface ImageServer {
  /** Stores a snapshot. Its `kept` entries refer to the trees of `OpenedImage`. */
  save(
    snapshot: Tree,
    context: $.CallContext,
  ): $.Served<{ readonly path: string; readonly car: node_.ByteStream }>;
}
const Image_save_params: $.StructType<{ readonly snapshot: Tree }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xe803acdf6dee05f5n,
    name: "Image.save$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { snapshot: [0, () => Tree] },
    read: (s) => ({ snapshot: Tree.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.snapshot !== undefined) {
          f = "snapshot";
          Tree.write(s.pointer(0), value.snapshot);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Image_save_results: $.StructType<{ readonly path: string; readonly car: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc000d57955cb4814n,
    name: "Image.save$Results",
    dataWords: 0,
    pointers: 2,
    pipelined: { car: [1, () => node_.ByteStream] },
    read: (s) => ({ path: $.Text.read(s.pointer(0)), car: node_.ByteStream.read(s.pointer(1)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.path !== undefined) {
          f = "path";
          $.Text.write(s.pointer(0), value.path);
        }
        if (value.car !== undefined) {
          f = "car";
          node_.ByteStream.write(s.pointer(1), value.car);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Image: $.InterfaceType<Image> = /* @__PURE__ */ $.defineInterface<Image>({
  id: 0xd1b7a6a0c2c4e012n,
  name: "Image",
  methods: [
    {
      name: "save",
      parameters: ["snapshot"],
      params: () => Image_save_params,
      results: () => Image_save_results,
    },
  ],
});

/**
 * An immutable file tree.
 * @see owner.capnp:Tree, 0xd1b7a6a0c2c4e013
 */
export interface Tree extends $.Client<TreeServer> {
  /**
   * Some entries in order from an index, and the total count. Trees with the same id always have the same contents; the id
   * is empty if unknown.
   */
  list(
    from: number,
    options?: $.CallOptions,
  ): $.Call<{
    readonly entries: readonly TreeEntry[];
    readonly count: number;
    readonly id: string;
  }>;
  /** Returns fewer bytes only at the end of the file. */
  read(
    path: string,
    offset: number,
    lengthBytes: number,
    options?: $.CallOptions,
  ): $.Call<{ readonly data: Uint8Array }>;
}
/** What an object implements to be served as `Tree`. */
export interface TreeServer {
  /**
   * Some entries in order from an index, and the total count. Trees with the same id always have the same contents; the id
   * is empty if unknown.
   */
  list(
    from: number,
    context: $.CallContext,
  ): $.Served<{
    readonly entries: readonly TreeEntry[];
    readonly count: number;
    readonly id: string;
  }>;
  /** Returns fewer bytes only at the end of the file. */
  read(
    path: string,
    offset: number,
    lengthBytes: number,
    context: $.CallContext,
  ): $.Served<{ readonly data: Uint8Array }>;
}
const Tree_list_params: $.StructType<{ readonly from: number }> = /* @__PURE__ */ $.defineStruct({
  id: 0xa8738c72bf1fe90dn,
  name: "Tree.list$Params",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ from: s.uint32(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.from !== undefined) {
        f = "from";
        s.setUint32(0, value.from);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Tree_list_results: $.StructType<{
  readonly entries: readonly TreeEntry[];
  readonly count: number;
  readonly id: string;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x8751cfd93711c184n,
  name: "Tree.list$Results",
  dataWords: 1,
  pointers: 2,
  read: (s) => ({
    entries: TreeEntry.readList(s.pointer(0)),
    count: s.uint32(0),
    id: $.Text.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.entries !== undefined) {
        f = "entries";
        TreeEntry.writeList(s.pointer(0), value.entries);
      }
      if (value.count !== undefined) {
        f = "count";
        s.setUint32(0, value.count);
      }
      if (value.id !== undefined) {
        f = "id";
        $.Text.write(s.pointer(1), value.id);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Tree_read_params: $.StructType<{
  readonly path: string;
  readonly offset: number;
  readonly lengthBytes: number;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xa1a167ddda8e3487n,
  name: "Tree.read$Params",
  dataWords: 2,
  pointers: 1,
  read: (s) => ({
    path: $.Text.read(s.pointer(0)),
    offset: s.float64(0),
    lengthBytes: s.uint32(8),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      if (value.offset !== undefined) {
        f = "offset";
        s.setFloat64(0, value.offset);
      }
      if (value.lengthBytes !== undefined) {
        f = "lengthBytes";
        s.setUint32(8, value.lengthBytes);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Tree_read_results: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xff645e0fa2788422n,
    name: "Tree.read$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ data: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.data !== undefined) {
          f = "data";
          $.Data.write(s.pointer(0), value.data);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Tree: $.InterfaceType<Tree> = /* @__PURE__ */ $.defineInterface<Tree>({
  id: 0xd1b7a6a0c2c4e013n,
  name: "Tree",
  methods: [
    {
      name: "list",
      parameters: ["from"],
      params: () => Tree_list_params,
      results: () => Tree_list_results,
    },
    {
      name: "read",
      parameters: ["path", "offset", "lengthBytes"],
      params: () => Tree_read_params,
      results: () => Tree_read_results,
    },
  ],
});

/** @see owner.capnp:TreeEntry, 0xd1b7a6a0c2c4e014 */
export type TreeEntry = {
  /** Relative to the root, without a leading slash; empty for the root. */
  readonly path: string;
  /** Since 1970; below 0 if unknown. */
  readonly modifiedNs: bigint;
} & (
  | { readonly which: "directory"; readonly directory: undefined }
  | {
      readonly which: "file";
      /** Its size in bytes. */
      readonly file: number;
    }
  | {
      readonly which: "link";
      /** The target. */
      readonly link: string;
    }
  | {
      readonly which: "kept";
      /** In a snapshot: unchanged from a volume, with everything below. */
      readonly kept: Kept;
    }
  | {
      readonly which: number;
      readonly directory?: undefined;
      readonly file?: undefined;
      readonly link?: undefined;
      readonly kept?: undefined;
    }
);
export const TreeEntry: $.StructType<TreeEntry> = /* @__PURE__ */ $.defineStruct<TreeEntry>({
  id: 0xd1b7a6a0c2c4e014n,
  name: "TreeEntry",
  dataWords: 3,
  pointers: 2,
  read(s) {
    const common = { path: $.Text.read(s.pointer(0)), modifiedNs: s.int64(0, -1n) };
    const which = s.uint16(8);
    switch (which) {
      case 0:
        return { ...common, which: "directory" as const, directory: undefined };
      case 1:
        return { ...common, which: "file" as const, file: s.float64(16) };
      case 2:
        return { ...common, which: "link" as const, link: $.Text.read(s.pointer(1)) };
      case 3:
        return { ...common, which: "kept" as const, kept: Kept.read(s.pointer(1)) };
      default:
        return { ...common, which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      if (value.modifiedNs !== undefined) {
        f = "modifiedNs";
        s.setInt64(0, value.modifiedNs, -1n);
      }
      switch (value.which) {
        case "directory":
          s.setUint16(8, 0);
          break;
        case "file":
          s.setUint16(8, 1);
          if (value.file !== undefined) {
            f = "file";
            s.setFloat64(16, value.file);
          }
          break;
        case "link":
          s.setUint16(8, 2);
          if (value.link !== undefined) {
            f = "link";
            $.Text.write(s.pointer(1), value.link);
          }
          break;
        case "kept":
          s.setUint16(8, 3);
          if (value.kept !== undefined) {
            f = "kept";
            Kept.write(s.pointer(1), value.kept);
          }
          break;
        case undefined:
          $.requireNone(value, ["directory", "file", "link", "kept"]);
          break;
        default:
          f = "which";
          s.setUint16(8, value.which);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see owner.capnp:Kept, 0xd1b7a6a0c2c4e015 */
export interface Kept {
  readonly volume: number;
  readonly path: string;
}
export const Kept: $.StructType<Kept> = /* @__PURE__ */ $.defineStruct<Kept>({
  id: 0xd1b7a6a0c2c4e015n,
  name: "Kept",
  dataWords: 1,
  pointers: 1,
  read: (s) => ({ volume: s.uint32(0), path: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.volume !== undefined) {
        f = "volume";
        s.setUint32(0, value.volume);
      }
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
