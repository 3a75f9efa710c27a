/** Generated from node.capnp, file id 0xfcc5f0a468ff3473. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/** @see common/node.capnp:PeerInfo, 0x9a219c7d16c9532a */
export interface PeerInfo {
  /** A libp2p peer id: the bytes of its multihash. */
  readonly peerId: Uint8Array;
  /** Multiaddrs in their binary form. */
  readonly addrs: readonly Uint8Array[];
}
export const PeerInfo: $.StructType<PeerInfo> = /* @__PURE__ */ $.defineStruct<PeerInfo>({
  id: 0x9a219c7d16c9532an,
  name: "PeerInfo",
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

/**
 * A process and its standard streams. Dropping it does not end the process; kill does.
 * @see common/node.capnp:Process, 0x97d4030d8435f0b1
 */
export interface Process extends $.Client<ProcessServer> {
  stdin(options?: $.CallOptions): $.Call<{ readonly stream: ByteStream }>;
  stdout(options?: $.CallOptions): $.Call<{ readonly stream: ByteStream }>;
  stderr(options?: $.CallOptions): $.Call<{ readonly stream: ByteStream }>;
  /** Returns when the process has ended, each time with the same code; a trap is 1. */
  wait(options?: $.CallOptions): $.Call<{ readonly exitCode: number }>;
  /** The capability that the process serves on its own connection. */
  bootstrap(options?: $.CallOptions): $.Call<{ readonly cap: $.Client }>;
  kill(options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `Process`. */
export interface ProcessServer {
  stdin(context: $.CallContext): $.Served<{ readonly stream: ByteStream }>;
  stdout(context: $.CallContext): $.Served<{ readonly stream: ByteStream }>;
  stderr(context: $.CallContext): $.Served<{ readonly stream: ByteStream }>;
  /** Returns when the process has ended, each time with the same code; a trap is 1. */
  wait(context: $.CallContext): $.Served<{ readonly exitCode: number }>;
  /** The capability that the process serves on its own connection. */
  bootstrap(context: $.CallContext): $.Served<{ readonly cap: $.Client }>;
  kill(context: $.CallContext): void | Promise<void>;
}
const Process_stdin_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa23c0a2af3746114n,
  name: "Process.stdin$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Process_stdin_results: $.StructType<{ readonly stream: ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x98e6d6423a9132b9n,
    name: "Process.stdin$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => ByteStream] },
    read: (s) => ({ stream: ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Process_stdout_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf5d2661717505b70n,
  name: "Process.stdout$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Process_stdout_results: $.StructType<{ readonly stream: ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8f5b69af39cf427dn,
    name: "Process.stdout$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => ByteStream] },
    read: (s) => ({ stream: ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Process_stderr_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa003d3e817ce85c8n,
  name: "Process.stderr$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Process_stderr_results: $.StructType<{ readonly stream: ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf945201353815ab1n,
    name: "Process.stderr$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => ByteStream] },
    read: (s) => ({ stream: ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Process_wait_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb93564518c7f4003n,
  name: "Process.wait$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Process_wait_results: $.StructType<{ readonly exitCode: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe8b1769b27d7ee79n,
    name: "Process.wait$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ exitCode: s.int32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.exitCode !== undefined) {
          f = "exitCode";
          s.setInt32(0, value.exitCode);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Process_bootstrap_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb666c12876f210cen,
  name: "Process.bootstrap$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Process_bootstrap_results: $.StructType<{ readonly cap: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc509ffd6dbfaac0an,
    name: "Process.bootstrap$Results",
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
const Process_kill_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x9f8cb480b9771f07n,
  name: "Process.kill$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Process_kill_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe503cd5c3efd7a95n,
  name: "Process.kill$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const Process: $.InterfaceType<Process> = /* @__PURE__ */ $.defineInterface<Process>({
  id: 0x97d4030d8435f0b1n,
  name: "Process",
  methods: [
    {
      name: "stdin",
      parameters: [],
      params: () => Process_stdin_params,
      results: () => Process_stdin_results,
    },
    {
      name: "stdout",
      parameters: [],
      params: () => Process_stdout_params,
      results: () => Process_stdout_results,
    },
    {
      name: "stderr",
      parameters: [],
      params: () => Process_stderr_params,
      results: () => Process_stderr_results,
    },
    {
      name: "wait",
      parameters: [],
      params: () => Process_wait_params,
      results: () => Process_wait_results,
    },
    {
      name: "bootstrap",
      parameters: [],
      params: () => Process_bootstrap_params,
      results: () => Process_bootstrap_results,
    },
    {
      name: "kill",
      parameters: [],
      params: () => Process_kill_params,
      results: () => Process_kill_results,
    },
  ],
});

/**
 * Bytes in order, in one direction.
 * @see common/node.capnp:ByteStream, 0xcb8707ff6dc46ee0
 */
export interface ByteStream extends $.Client<ByteStreamServer> {
  /** Returns 1 to maxBytes bytes as soon as there are any; empty data at the end and afterwards. */
  read(maxBytes: number, options?: $.CallOptions): $.Call<{ readonly data: Uint8Array }>;
  /** Returns when all bytes are in the pipe; waits while the pipe is full. */
  write(data: $.Init<Uint8Array>, options?: $.CallOptions): $.Call<object>;
  /** Later reads return the end, later writes fail. */
  close(options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `ByteStream`. */
export interface ByteStreamServer {
  /** Returns 1 to maxBytes bytes as soon as there are any; empty data at the end and afterwards. */
  read(maxBytes: number, context: $.CallContext): $.Served<{ readonly data: Uint8Array }>;
  /** Returns when all bytes are in the pipe; waits while the pipe is full. */
  write(data: Uint8Array, context: $.CallContext): void | Promise<void>;
  /** Later reads return the end, later writes fail. */
  close(context: $.CallContext): void | Promise<void>;
}
const ByteStream_read_params: $.StructType<{ readonly maxBytes: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xcb6cc0bddba8089bn,
    name: "ByteStream.read$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ maxBytes: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.maxBytes !== undefined) {
          f = "maxBytes";
          s.setUint32(0, value.maxBytes);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const ByteStream_read_results: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb7a1267c5f7f68e1n,
    name: "ByteStream.read$Results",
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
const ByteStream_write_params: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xda4a7cfa987eb90dn,
    name: "ByteStream.write$Params",
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
const ByteStream_write_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xde0d73def8619020n,
  name: "ByteStream.write$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const ByteStream_close_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd4d55751d57f20d5n,
  name: "ByteStream.close$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const ByteStream_close_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x9934e9217c7def52n,
  name: "ByteStream.close$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const ByteStream: $.InterfaceType<ByteStream> =
  /* @__PURE__ */ $.defineInterface<ByteStream>({
    id: 0xcb8707ff6dc46ee0n,
    name: "ByteStream",
    methods: [
      {
        name: "read",
        parameters: ["maxBytes"],
        params: () => ByteStream_read_params,
        results: () => ByteStream_read_results,
      },
      {
        name: "write",
        parameters: ["data"],
        params: () => ByteStream_write_params,
        results: () => ByteStream_write_results,
      },
      {
        name: "close",
        parameters: [],
        params: () => ByteStream_close_params,
        results: () => ByteStream_close_results,
      },
    ],
  });
