/** Generated from network.capnp, file id 0xc40b8307683059a0. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "./node.ts";
import * as authority_ from "./authority.ts";

/**
 * The interfaces by which guests of the first generation serve and call peers.
 * @see common/network.capnp:Network, 0xc40b8307683059a1
 */
export interface Network extends $.Client<NetworkServer> {
  vatListener(options?: $.CallOptions): $.Call<{ readonly vatListener: VatListener }>;
  vatClient(options?: $.CallOptions): $.Call<{ readonly vatClient: VatClient }>;
  streamDialer(options?: $.CallOptions): $.Call<{ readonly streamDialer: StreamDialer }>;
  /** Streams that peers open go to the acceptor, until `serving` is released. */
  acceptStreams(
    protocol: string,
    acceptor: $.Init<StreamAcceptor>,
    options?: $.CallOptions,
  ): $.Call<{ readonly serving: $.Client }>;
}
/** What an object implements to be served as `Network`. */
export interface NetworkServer {
  vatListener(context: $.CallContext): $.Served<{ readonly vatListener: VatListener }>;
  vatClient(context: $.CallContext): $.Served<{ readonly vatClient: VatClient }>;
  streamDialer(context: $.CallContext): $.Served<{ readonly streamDialer: StreamDialer }>;
  /** Streams that peers open go to the acceptor, until `serving` is released. */
  acceptStreams(
    protocol: string,
    acceptor: StreamAcceptor,
    context: $.CallContext,
  ): $.Served<{ readonly serving: $.Client }>;
}
const Network_vatListener_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe2cc6edc2e8cf954n,
  name: "Network.vatListener$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Network_vatListener_results: $.StructType<{ readonly vatListener: VatListener }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x82e0546ef886884an,
    name: "Network.vatListener$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { vatListener: [0, () => VatListener] },
    read: (s) => ({ vatListener: VatListener.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.vatListener !== undefined) {
          f = "vatListener";
          VatListener.write(s.pointer(0), value.vatListener);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Network_vatClient_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x93392431d518641en,
  name: "Network.vatClient$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Network_vatClient_results: $.StructType<{ readonly vatClient: VatClient }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xfaa2cd84ae4b87cdn,
    name: "Network.vatClient$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { vatClient: [0, () => VatClient] },
    read: (s) => ({ vatClient: VatClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.vatClient !== undefined) {
          f = "vatClient";
          VatClient.write(s.pointer(0), value.vatClient);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Network_streamDialer_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x95899b84fb23e0d4n,
  name: "Network.streamDialer$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Network_streamDialer_results: $.StructType<{ readonly streamDialer: StreamDialer }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb769ae5999d74267n,
    name: "Network.streamDialer$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { streamDialer: [0, () => StreamDialer] },
    read: (s) => ({ streamDialer: StreamDialer.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.streamDialer !== undefined) {
          f = "streamDialer";
          StreamDialer.write(s.pointer(0), value.streamDialer);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Network_acceptStreams_params: $.StructType<{
  readonly protocol: string;
  readonly acceptor: StreamAcceptor;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xdd2a29cf23969d39n,
  name: "Network.acceptStreams$Params",
  dataWords: 0,
  pointers: 2,
  pipelined: { acceptor: [1, () => StreamAcceptor] },
  read: (s) => ({
    protocol: $.Text.read(s.pointer(0)),
    acceptor: StreamAcceptor.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.protocol !== undefined) {
        f = "protocol";
        $.Text.write(s.pointer(0), value.protocol);
      }
      if (value.acceptor !== undefined) {
        f = "acceptor";
        StreamAcceptor.write(s.pointer(1), value.acceptor);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Network_acceptStreams_results: $.StructType<{ readonly serving: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb4d797d5fb850607n,
    name: "Network.acceptStreams$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { serving: [0, () => $.AnyClient] },
    read: (s) => ({ serving: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.serving !== undefined) {
          f = "serving";
          $.AnyClient.write(s.pointer(0), value.serving);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Network: $.InterfaceType<Network> = /* @__PURE__ */ $.defineInterface<Network>({
  id: 0xc40b8307683059a1n,
  name: "Network",
  methods: [
    {
      name: "vatListener",
      parameters: [],
      params: () => Network_vatListener_params,
      results: () => Network_vatListener_results,
    },
    {
      name: "vatClient",
      parameters: [],
      params: () => Network_vatClient_params,
      results: () => Network_vatClient_results,
    },
    {
      name: "streamDialer",
      parameters: [],
      params: () => Network_streamDialer_params,
      results: () => Network_streamDialer_results,
    },
    {
      name: "acceptStreams",
      parameters: ["protocol", "acceptor"],
      params: () => Network_acceptStreams_params,
      results: () => Network_acceptStreams_results,
    },
  ],
});

/** @see common/network.capnp:StreamAcceptor, 0xc40b8307683059a2 */
export interface StreamAcceptor extends $.Client<StreamAcceptorServer> {
  accept(
    peer: $.Init<Uint8Array>,
    stream: $.Init<node_.ByteStream>,
    options?: $.CallOptions,
  ): $.Call<object>;
}
/** What an object implements to be served as `StreamAcceptor`. */
export interface StreamAcceptorServer {
  accept(peer: Uint8Array, stream: node_.ByteStream, context: $.CallContext): void | Promise<void>;
}
const StreamAcceptor_accept_params: $.StructType<{
  readonly peer: Uint8Array;
  readonly stream: node_.ByteStream;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xb15f59d462d502f8n,
  name: "StreamAcceptor.accept$Params",
  dataWords: 0,
  pointers: 2,
  pipelined: { stream: [1, () => node_.ByteStream] },
  read: (s) => ({ peer: $.Data.read(s.pointer(0)), stream: node_.ByteStream.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.peer !== undefined) {
        f = "peer";
        $.Data.write(s.pointer(0), value.peer);
      }
      if (value.stream !== undefined) {
        f = "stream";
        node_.ByteStream.write(s.pointer(1), value.stream);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const StreamAcceptor_accept_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x94ba74929b3a5909n,
  name: "StreamAcceptor.accept$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const StreamAcceptor: $.InterfaceType<StreamAcceptor> =
  /* @__PURE__ */ $.defineInterface<StreamAcceptor>({
    id: 0xc40b8307683059a2n,
    name: "StreamAcceptor",
    methods: [
      {
        name: "accept",
        parameters: ["peer", "stream"],
        params: () => StreamAcceptor_accept_params,
        results: () => StreamAcceptor_accept_results,
      },
    ],
  });

/** @see common/network.capnp:StreamDialer, 0xa7c362e67f225afa */
export interface StreamDialer extends $.Client<StreamDialerServer> {
  /** Reads and writes both ways. */
  dial(
    peer: $.Init<Uint8Array>,
    protocol: string,
    options?: $.CallOptions,
  ): $.Call<{ readonly stream: node_.ByteStream }>;
}
/** What an object implements to be served as `StreamDialer`. */
export interface StreamDialerServer {
  /** Reads and writes both ways. */
  dial(
    peer: Uint8Array,
    protocol: string,
    context: $.CallContext,
  ): $.Served<{ readonly stream: node_.ByteStream }>;
}
const StreamDialer_dial_params: $.StructType<{
  readonly peer: Uint8Array;
  readonly protocol: string;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x870c32ae5b482d80n,
  name: "StreamDialer.dial$Params",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ peer: $.Data.read(s.pointer(0)), protocol: $.Text.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.peer !== undefined) {
        f = "peer";
        $.Data.write(s.pointer(0), value.peer);
      }
      if (value.protocol !== undefined) {
        f = "protocol";
        $.Text.write(s.pointer(1), value.protocol);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const StreamDialer_dial_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x886a63cd931e3b08n,
    name: "StreamDialer.dial$Results",
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
export const StreamDialer: $.InterfaceType<StreamDialer> =
  /* @__PURE__ */ $.defineInterface<StreamDialer>({
    id: 0xa7c362e67f225afan,
    name: "StreamDialer",
    methods: [
      {
        name: "dial",
        parameters: ["peer", "protocol"],
        params: () => StreamDialer_dial_params,
        results: () => StreamDialer_dial_results,
      },
    ],
  });

/** @see common/network.capnp:VatListener, 0xd64be1946f81a365 */
export interface VatListener extends $.Client<VatListenerServer> {
  /** Serves until the session, or the grant, through which the caller has this listener ends. */
  serveRaw(cap: $.Init<$.Client>, protocol: string, options?: $.CallOptions): $.Call<object>;
  serveAuthenticated(
    cap: $.Init<$.Client>,
    protocol: string,
    policy: $.Init<authority_.AuthorityPolicy>,
    options?: $.CallOptions,
  ): $.Call<object>;
}
/** What an object implements to be served as `VatListener`. */
export interface VatListenerServer {
  /** Serves until the session, or the grant, through which the caller has this listener ends. */
  serveRaw(cap: $.Client, protocol: string, context: $.CallContext): void | Promise<void>;
  serveAuthenticated(
    cap: $.Client,
    protocol: string,
    policy: authority_.AuthorityPolicy,
    context: $.CallContext,
  ): void | Promise<void>;
}
const VatListener_serveRaw_params: $.StructType<{
  readonly cap: $.Client;
  readonly protocol: string;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xd9b1aad2022a06efn,
  name: "VatListener.serveRaw$Params",
  dataWords: 0,
  pointers: 2,
  pipelined: { cap: [0, () => $.AnyClient] },
  read: (s) => ({ cap: $.AnyClient.read(s.pointer(0)), protocol: $.Text.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.cap !== undefined) {
        f = "cap";
        $.AnyClient.write(s.pointer(0), value.cap);
      }
      if (value.protocol !== undefined) {
        f = "protocol";
        $.Text.write(s.pointer(1), value.protocol);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const VatListener_serveRaw_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xfdb4c231c1769fcan,
  name: "VatListener.serveRaw$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const VatListener_serveAuthenticated_params: $.StructType<{
  readonly cap: $.Client;
  readonly protocol: string;
  readonly policy: authority_.AuthorityPolicy;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xe8c9dd794ab03b4bn,
  name: "VatListener.serveAuthenticated$Params",
  dataWords: 0,
  pointers: 3,
  pipelined: { cap: [0, () => $.AnyClient], policy: [2, () => authority_.AuthorityPolicy] },
  read: (s) => ({
    cap: $.AnyClient.read(s.pointer(0)),
    protocol: $.Text.read(s.pointer(1)),
    policy: authority_.AuthorityPolicy.read(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.cap !== undefined) {
        f = "cap";
        $.AnyClient.write(s.pointer(0), value.cap);
      }
      if (value.protocol !== undefined) {
        f = "protocol";
        $.Text.write(s.pointer(1), value.protocol);
      }
      if (value.policy !== undefined) {
        f = "policy";
        authority_.AuthorityPolicy.write(s.pointer(2), value.policy);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const VatListener_serveAuthenticated_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xb30b3eaa7208f5c6n,
    name: "VatListener.serveAuthenticated$Results",
    dataWords: 0,
    pointers: 0,
    read: () => ({}),
    write: () => undefined,
  },
);
export const VatListener: $.InterfaceType<VatListener> =
  /* @__PURE__ */ $.defineInterface<VatListener>({
    id: 0xd64be1946f81a365n,
    name: "VatListener",
    methods: [
      {
        name: "serveRaw",
        parameters: ["cap", "protocol"],
        params: () => VatListener_serveRaw_params,
        results: () => VatListener_serveRaw_results,
      },
      {
        name: "serveAuthenticated",
        parameters: ["cap", "protocol", "policy"],
        params: () => VatListener_serveAuthenticated_params,
        results: () => VatListener_serveAuthenticated_results,
      },
    ],
  });

/** @see common/network.capnp:VatClient, 0xa08a8e8f90a82679 */
export interface VatClient extends $.Client<VatClientServer> {
  dial(
    peer: $.Init<Uint8Array>,
    protocol: string,
    options?: $.CallOptions,
  ): $.Call<{ readonly cap: $.Client }>;
}
/** What an object implements to be served as `VatClient`. */
export interface VatClientServer {
  dial(
    peer: Uint8Array,
    protocol: string,
    context: $.CallContext,
  ): $.Served<{ readonly cap: $.Client }>;
}
const VatClient_dial_params: $.StructType<{
  readonly peer: Uint8Array;
  readonly protocol: string;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xe84f05a9feb3bab6n,
  name: "VatClient.dial$Params",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ peer: $.Data.read(s.pointer(0)), protocol: $.Text.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.peer !== undefined) {
        f = "peer";
        $.Data.write(s.pointer(0), value.peer);
      }
      if (value.protocol !== undefined) {
        f = "protocol";
        $.Text.write(s.pointer(1), value.protocol);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const VatClient_dial_results: $.StructType<{ readonly cap: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xbc7b0ddf40b9e8b5n,
    name: "VatClient.dial$Results",
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
export const VatClient: $.InterfaceType<VatClient> = /* @__PURE__ */ $.defineInterface<VatClient>({
  id: 0xa08a8e8f90a82679n,
  name: "VatClient",
  methods: [
    {
      name: "dial",
      parameters: ["peer", "protocol"],
      params: () => VatClient_dial_params,
      results: () => VatClient_dial_results,
    },
  ],
});
