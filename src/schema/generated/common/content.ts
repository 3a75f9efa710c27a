/** Generated from content.capnp, file id 0xa7c3e8f1d4b29065. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "./node.ts";

/** @see common/content.capnp:Ipfs, 0xaf76aeff44d753df */
export interface Ipfs extends $.Client<IpfsServer> {
  /** The bytes of a file, by a path that begins with /ipfs/. */
  read(path: string, options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
}
/** What an object implements to be served as `Ipfs`. */
export interface IpfsServer {
  /** The bytes of a file, by a path that begins with /ipfs/. */
  read(path: string, context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
}
const Ipfs_read_params: $.StructType<{ readonly path: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xd275d917cc1dab8bn,
  name: "Ipfs.read$Params",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ path: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Ipfs_read_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9531bda015137210n,
    name: "Ipfs.read$Results",
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
export const Ipfs: $.InterfaceType<Ipfs> = /* @__PURE__ */ $.defineInterface<Ipfs>({
  id: 0xaf76aeff44d753dfn,
  name: "Ipfs",
  methods: [
    {
      name: "read",
      parameters: ["path"],
      params: () => Ipfs_read_params,
      results: () => Ipfs_read_results,
    },
  ],
});

/** @see common/content.capnp:ProviderInfo, 0x9340865f365af22c */
export interface ProviderInfo {
  readonly peerId: Uint8Array;
  readonly addrs: readonly Uint8Array[];
}
export const ProviderInfo: $.StructType<ProviderInfo> =
  /* @__PURE__ */ $.defineStruct<ProviderInfo>({
    id: 0x9340865f365af22cn,
    name: "ProviderInfo",
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

/** @see common/content.capnp:ProviderSink, 0xa4417a711d451a24 */
export interface ProviderSink extends $.Client<ProviderSinkServer> {
  provider(info: $.Init<ProviderInfo>, options?: $.CallOptions): Promise<void>;
  done(options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `ProviderSink`. */
export interface ProviderSinkServer {
  provider(info: ProviderInfo, context: $.CallContext): void | Promise<void>;
  done(context: $.CallContext): void | Promise<void>;
}
const ProviderSink_provider_params: $.StructType<{ readonly info: ProviderInfo }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd3db7f6fcc6c8cfen,
    name: "ProviderSink.provider$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { info: [0, () => ProviderInfo] },
    read: (s) => ({ info: ProviderInfo.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.info !== undefined) {
          f = "info";
          ProviderInfo.write(s.pointer(0), value.info);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const ProviderSink_done_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc450e82cf71083f8n,
  name: "ProviderSink.done$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const ProviderSink_done_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xed418867ef57191dn,
  name: "ProviderSink.done$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const ProviderSink: $.InterfaceType<ProviderSink> =
  /* @__PURE__ */ $.defineInterface<ProviderSink>({
    id: 0xa4417a711d451a24n,
    name: "ProviderSink",
    methods: [
      {
        name: "provider",
        parameters: ["info"],
        params: () => ProviderSink_provider_params,
        results: () => $.StreamResult,
        streaming: true,
      },
      {
        name: "done",
        parameters: [],
        params: () => ProviderSink_done_params,
        results: () => ProviderSink_done_results,
      },
    ],
  });

/**
 * CIDs and names are texts; paths lie below a base CID.
 * @see common/content.capnp:Routing, 0xc03344a7b0a317be
 */
export interface Routing extends $.Client<RoutingServer> {
  provide(key: string, options?: $.CallOptions): $.Call<object>;
  findProviders(
    key: string,
    count: number,
    sink: $.Init<ProviderSink>,
    options?: $.CallOptions,
  ): $.Call<object>;
  hash(data: $.Init<Uint8Array>, options?: $.CallOptions): $.Call<{ readonly key: string }>;
  resolve(name: string, options?: $.CallOptions): $.Call<{ readonly path: string }>;
  mkdir(
    baseCid: string,
    path: string,
    parents: boolean,
    options?: $.CallOptions,
  ): $.Call<{ readonly rootCid: string }>;
  writeFile(
    baseCid: string,
    path: string,
    data: $.Init<Uint8Array>,
    createParents: boolean,
    options?: $.CallOptions,
  ): $.Call<{ readonly rootCid: string }>;
  remove(
    baseCid: string,
    path: string,
    recursive: boolean,
    options?: $.CallOptions,
  ): $.Call<{ readonly rootCid: string }>;
  /** Compares and sets; an empty `expectedCurrent` sets unconditionally. */
  publish(
    name: string,
    cid: string,
    expectedCurrent: string,
    options?: $.CallOptions,
  ): $.Call<{ readonly publishedPath: string }>;
}
/** What an object implements to be served as `Routing`. */
export interface RoutingServer {
  provide(key: string, context: $.CallContext): void | Promise<void>;
  findProviders(
    key: string,
    count: number,
    sink: ProviderSink,
    context: $.CallContext,
  ): void | Promise<void>;
  hash(data: Uint8Array, context: $.CallContext): $.Served<{ readonly key: string }>;
  resolve(name: string, context: $.CallContext): $.Served<{ readonly path: string }>;
  mkdir(
    baseCid: string,
    path: string,
    parents: boolean,
    context: $.CallContext,
  ): $.Served<{ readonly rootCid: string }>;
  writeFile(
    baseCid: string,
    path: string,
    data: Uint8Array,
    createParents: boolean,
    context: $.CallContext,
  ): $.Served<{ readonly rootCid: string }>;
  remove(
    baseCid: string,
    path: string,
    recursive: boolean,
    context: $.CallContext,
  ): $.Served<{ readonly rootCid: string }>;
  /** Compares and sets; an empty `expectedCurrent` sets unconditionally. */
  publish(
    name: string,
    cid: string,
    expectedCurrent: string,
    context: $.CallContext,
  ): $.Served<{ readonly publishedPath: string }>;
}
const Routing_provide_params: $.StructType<{ readonly key: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x83042e99f386e85en,
    name: "Routing.provide$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ key: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.key !== undefined) {
          f = "key";
          $.Text.write(s.pointer(0), value.key);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Routing_provide_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd6d108c117550d37n,
  name: "Routing.provide$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Routing_findProviders_params: $.StructType<{
  readonly key: string;
  readonly count: number;
  readonly sink: ProviderSink;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xe8e818ff60cc6e06n,
  name: "Routing.findProviders$Params",
  dataWords: 1,
  pointers: 2,
  pipelined: { sink: [1, () => ProviderSink] },
  read: (s) => ({
    key: $.Text.read(s.pointer(0)),
    count: s.uint32(0),
    sink: ProviderSink.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.key !== undefined) {
        f = "key";
        $.Text.write(s.pointer(0), value.key);
      }
      if (value.count !== undefined) {
        f = "count";
        s.setUint32(0, value.count);
      }
      if (value.sink !== undefined) {
        f = "sink";
        ProviderSink.write(s.pointer(1), value.sink);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Routing_findProviders_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xac6e5e5e08c3a83dn,
  name: "Routing.findProviders$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Routing_hash_params: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xce514f35fa7d0f56n,
    name: "Routing.hash$Params",
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
const Routing_hash_results: $.StructType<{ readonly key: string }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xfe7f67513bcba657n,
    name: "Routing.hash$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ key: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.key !== undefined) {
          f = "key";
          $.Text.write(s.pointer(0), value.key);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Routing_resolve_params: $.StructType<{ readonly name: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9a0ce46547db1d1cn,
    name: "Routing.resolve$Params",
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
const Routing_resolve_results: $.StructType<{ readonly path: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xbe65f1fa49ba1715n,
    name: "Routing.resolve$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ path: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.path !== undefined) {
          f = "path";
          $.Text.write(s.pointer(0), value.path);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Routing_mkdir_params: $.StructType<{
  readonly baseCid: string;
  readonly path: string;
  readonly parents: boolean;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x9a3793ecbbf5ecfdn,
  name: "Routing.mkdir$Params",
  dataWords: 1,
  pointers: 2,
  read: (s) => ({
    baseCid: $.Text.read(s.pointer(0)),
    path: $.Text.read(s.pointer(1)),
    parents: s.bool(0),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.baseCid !== undefined) {
        f = "baseCid";
        $.Text.write(s.pointer(0), value.baseCid);
      }
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(1), value.path);
      }
      if (value.parents !== undefined) {
        f = "parents";
        s.setBool(0, value.parents);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Routing_mkdir_results: $.StructType<{ readonly rootCid: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x94c2b124db48ad1an,
    name: "Routing.mkdir$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ rootCid: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.rootCid !== undefined) {
          f = "rootCid";
          $.Text.write(s.pointer(0), value.rootCid);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Routing_writeFile_params: $.StructType<{
  readonly baseCid: string;
  readonly path: string;
  readonly data: Uint8Array;
  readonly createParents: boolean;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x8783bc54e15158d9n,
  name: "Routing.writeFile$Params",
  dataWords: 1,
  pointers: 3,
  read: (s) => ({
    baseCid: $.Text.read(s.pointer(0)),
    path: $.Text.read(s.pointer(1)),
    data: $.Data.read(s.pointer(2)),
    createParents: s.bool(0),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.baseCid !== undefined) {
        f = "baseCid";
        $.Text.write(s.pointer(0), value.baseCid);
      }
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(1), value.path);
      }
      if (value.data !== undefined) {
        f = "data";
        $.Data.write(s.pointer(2), value.data);
      }
      if (value.createParents !== undefined) {
        f = "createParents";
        s.setBool(0, value.createParents);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Routing_writeFile_results: $.StructType<{ readonly rootCid: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xca817b3f54d8b910n,
    name: "Routing.writeFile$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ rootCid: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.rootCid !== undefined) {
          f = "rootCid";
          $.Text.write(s.pointer(0), value.rootCid);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Routing_remove_params: $.StructType<{
  readonly baseCid: string;
  readonly path: string;
  readonly recursive: boolean;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xae58e0685b5cdcc2n,
  name: "Routing.remove$Params",
  dataWords: 1,
  pointers: 2,
  read: (s) => ({
    baseCid: $.Text.read(s.pointer(0)),
    path: $.Text.read(s.pointer(1)),
    recursive: s.bool(0),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.baseCid !== undefined) {
        f = "baseCid";
        $.Text.write(s.pointer(0), value.baseCid);
      }
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(1), value.path);
      }
      if (value.recursive !== undefined) {
        f = "recursive";
        s.setBool(0, value.recursive);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Routing_remove_results: $.StructType<{ readonly rootCid: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb0898096e93def91n,
    name: "Routing.remove$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ rootCid: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.rootCid !== undefined) {
          f = "rootCid";
          $.Text.write(s.pointer(0), value.rootCid);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Routing_publish_params: $.StructType<{
  readonly name: string;
  readonly cid: string;
  readonly expectedCurrent: string;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xd1240e188e805ff1n,
  name: "Routing.publish$Params",
  dataWords: 0,
  pointers: 3,
  read: (s) => ({
    name: $.Text.read(s.pointer(0)),
    cid: $.Text.read(s.pointer(1)),
    expectedCurrent: $.Text.read(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.cid !== undefined) {
        f = "cid";
        $.Text.write(s.pointer(1), value.cid);
      }
      if (value.expectedCurrent !== undefined) {
        f = "expectedCurrent";
        $.Text.write(s.pointer(2), value.expectedCurrent);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Routing_publish_results: $.StructType<{ readonly publishedPath: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8b73ed8d3e83e9f5n,
    name: "Routing.publish$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ publishedPath: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.publishedPath !== undefined) {
          f = "publishedPath";
          $.Text.write(s.pointer(0), value.publishedPath);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Routing: $.InterfaceType<Routing> = /* @__PURE__ */ $.defineInterface<Routing>({
  id: 0xc03344a7b0a317ben,
  name: "Routing",
  methods: [
    {
      name: "provide",
      parameters: ["key"],
      params: () => Routing_provide_params,
      results: () => Routing_provide_results,
    },
    {
      name: "findProviders",
      parameters: ["key", "count", "sink"],
      params: () => Routing_findProviders_params,
      results: () => Routing_findProviders_results,
    },
    {
      name: "hash",
      parameters: ["data"],
      params: () => Routing_hash_params,
      results: () => Routing_hash_results,
    },
    {
      name: "resolve",
      parameters: ["name"],
      params: () => Routing_resolve_params,
      results: () => Routing_resolve_results,
    },
    {
      name: "mkdir",
      parameters: ["baseCid", "path", "parents"],
      params: () => Routing_mkdir_params,
      results: () => Routing_mkdir_results,
    },
    {
      name: "writeFile",
      parameters: ["baseCid", "path", "data", "createParents"],
      params: () => Routing_writeFile_params,
      results: () => Routing_writeFile_results,
    },
    {
      name: "remove",
      parameters: ["baseCid", "path", "recursive"],
      params: () => Routing_remove_params,
      results: () => Routing_remove_results,
    },
    {
      name: "publish",
      parameters: ["name", "cid", "expectedCurrent"],
      params: () => Routing_publish_params,
      results: () => Routing_publish_results,
    },
  ],
});
