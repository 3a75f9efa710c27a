/** Generated from node.capnp, file id 0x8980defd41e03b0e. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/** @see node.capnp:Node, 0xa1a1b0b1c0c1d010 */
export interface Node extends $.Client<NodeServer> {
  /** Writes down which number of which handle has come; gives how many have. */
  note(handle: number, number: number, options?: $.CallOptions): $.Call<{ readonly count: number }>;
  make(options?: $.CallOptions): $.Call<{ readonly node: Node }>;
  echo(node: $.Init<Node>, options?: $.CallOptions): $.Call<{ readonly node: Node }>;
  /** Holds it, in place of the one before. */
  keep(node: $.Init<Node>, options?: $.CallOptions): $.Call<object>;
  kept(options?: $.CallOptions): $.Call<{ readonly node: Node }>;
  /** A promise, kept or broken at the next keep. */
  promise(options?: $.CallOptions): $.Call<{ readonly node: Node }>;
  /** A tail call of make. */
  tail(node: $.Init<Node>, options?: $.CallOptions): $.Call<{ readonly node: Node }>;
  /** Returns when it is canceled. */
  never(node: $.Init<Node>, options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `Node`. */
export interface NodeServer {
  /** Writes down which number of which handle has come; gives how many have. */
  note(
    handle: number,
    number: number,
    context: $.CallContext,
  ): $.Served<{ readonly count: number }>;
  make(context: $.CallContext): $.Served<{ readonly node: Node }>;
  echo(node: Node, context: $.CallContext): $.Served<{ readonly node: Node }>;
  /** Holds it, in place of the one before. */
  keep(node: Node, context: $.CallContext): void | Promise<void>;
  kept(context: $.CallContext): $.Served<{ readonly node: Node }>;
  /** A promise, kept or broken at the next keep. */
  promise(context: $.CallContext): $.Served<{ readonly node: Node }>;
  /** A tail call of make. */
  tail(node: Node, context: $.CallContext): $.Served<{ readonly node: Node }>;
  /** Returns when it is canceled. */
  never(node: Node, context: $.CallContext): void | Promise<void>;
}
const Node_note_params: $.StructType<{ readonly handle: number; readonly number: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa10fe718a32efa85n,
    name: "Node.note$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ handle: s.uint32(0), number: s.uint32(4) }),
    write(s, value) {
      let f = "";
      try {
        if (value.handle !== undefined) {
          f = "handle";
          s.setUint32(0, value.handle);
        }
        if (value.number !== undefined) {
          f = "number";
          s.setUint32(4, value.number);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Node_note_results: $.StructType<{ readonly count: number }> = /* @__PURE__ */ $.defineStruct({
  id: 0xe237aad29f2e4a44n,
  name: "Node.note$Results",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ count: s.uint32(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.count !== undefined) {
        f = "count";
        s.setUint32(0, value.count);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_make_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x9413b078d182514bn,
  name: "Node.make$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Node_make_results: $.StructType<{ readonly node: Node }> = /* @__PURE__ */ $.defineStruct({
  id: 0xd123b4427bf600d7n,
  name: "Node.make$Results",
  dataWords: 0,
  pointers: 1,
  pipelined: { node: [0, () => Node] },
  read: (s) => ({ node: Node.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.node !== undefined) {
        f = "node";
        Node.write(s.pointer(0), value.node);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_echo_params: $.StructType<{ readonly node: Node }> = /* @__PURE__ */ $.defineStruct({
  id: 0xd466fe22172e6084n,
  name: "Node.echo$Params",
  dataWords: 0,
  pointers: 1,
  pipelined: { node: [0, () => Node] },
  read: (s) => ({ node: Node.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.node !== undefined) {
        f = "node";
        Node.write(s.pointer(0), value.node);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_echo_results: $.StructType<{ readonly node: Node }> = /* @__PURE__ */ $.defineStruct({
  id: 0x9e557ca65470db72n,
  name: "Node.echo$Results",
  dataWords: 0,
  pointers: 1,
  pipelined: { node: [0, () => Node] },
  read: (s) => ({ node: Node.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.node !== undefined) {
        f = "node";
        Node.write(s.pointer(0), value.node);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_keep_params: $.StructType<{ readonly node: Node }> = /* @__PURE__ */ $.defineStruct({
  id: 0xcd4abd1412d8a8a6n,
  name: "Node.keep$Params",
  dataWords: 0,
  pointers: 1,
  pipelined: { node: [0, () => Node] },
  read: (s) => ({ node: Node.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.node !== undefined) {
        f = "node";
        Node.write(s.pointer(0), value.node);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_keep_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf9cc52c39e3b5a2en,
  name: "Node.keep$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Node_kept_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x8e4c116eb3514c82n,
  name: "Node.kept$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Node_kept_results: $.StructType<{ readonly node: Node }> = /* @__PURE__ */ $.defineStruct({
  id: 0xbd42e1a1e40e7e17n,
  name: "Node.kept$Results",
  dataWords: 0,
  pointers: 1,
  pipelined: { node: [0, () => Node] },
  read: (s) => ({ node: Node.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.node !== undefined) {
        f = "node";
        Node.write(s.pointer(0), value.node);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_promise_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xaacae7c76c5cb7fbn,
  name: "Node.promise$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Node_promise_results: $.StructType<{ readonly node: Node }> = /* @__PURE__ */ $.defineStruct({
  id: 0xa867a4b733450fd0n,
  name: "Node.promise$Results",
  dataWords: 0,
  pointers: 1,
  pipelined: { node: [0, () => Node] },
  read: (s) => ({ node: Node.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.node !== undefined) {
        f = "node";
        Node.write(s.pointer(0), value.node);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_tail_params: $.StructType<{ readonly node: Node }> = /* @__PURE__ */ $.defineStruct({
  id: 0xe97a307384acaf70n,
  name: "Node.tail$Params",
  dataWords: 0,
  pointers: 1,
  pipelined: { node: [0, () => Node] },
  read: (s) => ({ node: Node.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.node !== undefined) {
        f = "node";
        Node.write(s.pointer(0), value.node);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_tail_results: $.StructType<{ readonly node: Node }> = /* @__PURE__ */ $.defineStruct({
  id: 0xf6e27b1de493a47bn,
  name: "Node.tail$Results",
  dataWords: 0,
  pointers: 1,
  pipelined: { node: [0, () => Node] },
  read: (s) => ({ node: Node.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.node !== undefined) {
        f = "node";
        Node.write(s.pointer(0), value.node);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_never_params: $.StructType<{ readonly node: Node }> = /* @__PURE__ */ $.defineStruct({
  id: 0xd176d3b8c277fcccn,
  name: "Node.never$Params",
  dataWords: 0,
  pointers: 1,
  pipelined: { node: [0, () => Node] },
  read: (s) => ({ node: Node.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.node !== undefined) {
        f = "node";
        Node.write(s.pointer(0), value.node);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Node_never_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe923dbb3e0c8a426n,
  name: "Node.never$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const Node: $.InterfaceType<Node> = /* @__PURE__ */ $.defineInterface<Node>({
  id: 0xa1a1b0b1c0c1d010n,
  name: "Node",
  methods: [
    {
      name: "note",
      parameters: ["handle", "number"],
      params: () => Node_note_params,
      results: () => Node_note_results,
    },
    {
      name: "make",
      parameters: [],
      params: () => Node_make_params,
      results: () => Node_make_results,
    },
    {
      name: "echo",
      parameters: ["node"],
      params: () => Node_echo_params,
      results: () => Node_echo_results,
    },
    {
      name: "keep",
      parameters: ["node"],
      params: () => Node_keep_params,
      results: () => Node_keep_results,
    },
    {
      name: "kept",
      parameters: [],
      params: () => Node_kept_params,
      results: () => Node_kept_results,
    },
    {
      name: "promise",
      parameters: [],
      params: () => Node_promise_params,
      results: () => Node_promise_results,
    },
    {
      name: "tail",
      parameters: ["node"],
      params: () => Node_tail_params,
      results: () => Node_tail_results,
    },
    {
      name: "never",
      parameters: ["node"],
      params: () => Node_never_params,
      results: () => Node_never_results,
    },
  ],
});
