/** Generated from live.capnp, file id 0x86cfce0c9275c3af. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "./node.ts";

/**
 * The bootstrap capability of /ww/0.1.0/vat/live.
 * @see common/live.capnp:LiveDoor, 0xebe4190b4034d56f
 */
export interface LiveDoor extends $.Client<LiveDoorServer> {
  /** `live` is set if the link is open. */
  open(
    token: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<{ readonly live: Live; readonly state: LinkState }>;
}
/** What an object implements to be served as `LiveDoor`. */
export interface LiveDoorServer {
  /** `live` is set if the link is open. */
  open(
    token: Uint8Array,
    context: $.CallContext,
  ): $.Served<{ readonly live: Live; readonly state: LinkState }>;
}
const LiveDoor_open_params: $.StructType<{ readonly token: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc8f5e3dd4f577e8cn,
    name: "LiveDoor.open$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ token: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.token !== undefined) {
          f = "token";
          $.Data.write(s.pointer(0), value.token);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const LiveDoor_open_results: $.StructType<{ readonly live: Live; readonly state: LinkState }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xfd62129db556df37n,
    name: "LiveDoor.open$Results",
    dataWords: 1,
    pointers: 1,
    pipelined: { live: [0, () => Live] },
    read: (s) => ({ live: Live.read(s.pointer(0)), state: LinkState.toName(s.uint16(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.live !== undefined) {
          f = "live";
          Live.write(s.pointer(0), value.live);
        }
        if (value.state !== undefined) {
          f = "state";
          s.setUint16(0, LinkState.toOrdinal(value.state));
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const LiveDoor: $.InterfaceType<LiveDoor> = /* @__PURE__ */ $.defineInterface<LiveDoor>({
  id: 0xebe4190b4034d56fn,
  name: "LiveDoor",
  methods: [
    {
      name: "open",
      parameters: ["token"],
      params: () => LiveDoor_open_params,
      results: () => LiveDoor_open_results,
    },
  ],
});

/** @see common/live.capnp:LinkState, 0xb3f6a0c81d5e7294 */
export type LinkState = "open" | "idle" | "unknown" | number;
export const LinkState: $.EnumType<"open" | "idle" | "unknown"> = /* @__PURE__ */ $.defineEnum([
  "open",
  "idle",
  "unknown",
]);

/** @see common/live.capnp:Live, 0xbc77794b76376b1e */
export interface Live {
  readonly kind: LiveKind;
  /** What it is, in the words of its owner. */
  readonly label: string;
  /** The path of the image that runs. */
  readonly image: string;
  /** A `SharedTerminal`, or what the image exports. */
  readonly cap: $.Client;
  readonly tie: LiveTie;
  /** Since 1970: when the link was made to lead to it. Another time is another program. */
  readonly attachedMs: number;
}
export const Live: $.StructType<Live> = /* @__PURE__ */ $.defineStruct<Live>({
  id: 0xbc77794b76376b1en,
  name: "Live",
  dataWords: 2,
  pointers: 4,
  pipelined: { cap: [2, () => $.AnyClient], tie: [3, () => LiveTie] },
  read: (s) => ({
    kind: LiveKind.toName(s.uint16(0)),
    label: $.Text.read(s.pointer(0)),
    image: $.Text.read(s.pointer(1)),
    cap: $.AnyClient.read(s.pointer(2)),
    tie: LiveTie.read(s.pointer(3)),
    attachedMs: s.float64(8),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.kind !== undefined) {
        f = "kind";
        s.setUint16(0, LiveKind.toOrdinal(value.kind));
      }
      if (value.label !== undefined) {
        f = "label";
        $.Text.write(s.pointer(0), value.label);
      }
      if (value.image !== undefined) {
        f = "image";
        $.Text.write(s.pointer(1), value.image);
      }
      if (value.cap !== undefined) {
        f = "cap";
        $.AnyClient.write(s.pointer(2), value.cap);
      }
      if (value.tie !== undefined) {
        f = "tie";
        LiveTie.write(s.pointer(3), value.tie);
      }
      if (value.attachedMs !== undefined) {
        f = "attachedMs";
        s.setFloat64(8, value.attachedMs);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * Tells visitors when what they have has ended.
 * @see common/live.capnp:LiveTie, 0xb5d9697091bd98fe
 */
export interface LiveTie extends $.Client<LiveTieServer> {
  /** Returns then, with the reason. */
  wait(options?: $.CallOptions): $.Call<{ readonly end: LiveEnd }>;
}
/** What an object implements to be served as `LiveTie`. */
export interface LiveTieServer {
  /** Returns then, with the reason. */
  wait(context: $.CallContext): $.Served<{ readonly end: LiveEnd }>;
}
const LiveTie_wait_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x8ae4ac0fe144f04dn,
  name: "LiveTie.wait$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const LiveTie_wait_results: $.StructType<{ readonly end: LiveEnd }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc5b66fa8b6800670n,
    name: "LiveTie.wait$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ end: LiveEnd.toName(s.uint16(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.end !== undefined) {
          f = "end";
          s.setUint16(0, LiveEnd.toOrdinal(value.end));
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const LiveTie: $.InterfaceType<LiveTie> = /* @__PURE__ */ $.defineInterface<LiveTie>({
  id: 0xb5d9697091bd98fen,
  name: "LiveTie",
  methods: [
    {
      name: "wait",
      parameters: [],
      params: () => LiveTie_wait_params,
      results: () => LiveTie_wait_results,
    },
  ],
});

/** @see common/live.capnp:LiveEnd, 0xe4c19d7702ab5f38 */
export type LiveEnd = "closed" | "expired" | "stopped" | number;
export const LiveEnd: $.EnumType<"closed" | "expired" | "stopped"> = /* @__PURE__ */ $.defineEnum([
  "closed",
  "expired",
  "stopped",
]);

/** @see common/live.capnp:LiveKind, 0x8e508b93ab8e46b6 */
export type LiveKind = "screen" | "terminal" | "export" | number;
export const LiveKind: $.EnumType<"screen" | "terminal" | "export"> = /* @__PURE__ */ $.defineEnum([
  "screen",
  "terminal",
  "export",
]);

/** @see common/live.capnp:SharedTerminal, 0xbb71265c3800cd42 */
export interface SharedTerminal extends $.Client<SharedTerminalServer> {
  /**
   * What the terminal shows now, then what is written to it, as text with control sequences. A reader that is behind gets
   * all that is shown anew.
   */
  output(options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
  /** Keys, as a terminal sends them. */
  input(options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
}
/** What an object implements to be served as `SharedTerminal`. */
export interface SharedTerminalServer {
  /**
   * What the terminal shows now, then what is written to it, as text with control sequences. A reader that is behind gets
   * all that is shown anew.
   */
  output(context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
  /** Keys, as a terminal sends them. */
  input(context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
}
const SharedTerminal_output_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x8d5b8b9d8e16585en,
  name: "SharedTerminal.output$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const SharedTerminal_output_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9cc92d0bb8ceb7ban,
    name: "SharedTerminal.output$Results",
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
const SharedTerminal_input_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf3a1d40c5e484aacn,
  name: "SharedTerminal.input$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const SharedTerminal_input_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf78d4c9971ddfd6fn,
    name: "SharedTerminal.input$Results",
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
export const SharedTerminal: $.InterfaceType<SharedTerminal> =
  /* @__PURE__ */ $.defineInterface<SharedTerminal>({
    id: 0xbb71265c3800cd42n,
    name: "SharedTerminal",
    methods: [
      {
        name: "output",
        parameters: [],
        params: () => SharedTerminal_output_params,
        results: () => SharedTerminal_output_results,
      },
      {
        name: "input",
        parameters: [],
        params: () => SharedTerminal_input_params,
        results: () => SharedTerminal_input_results,
      },
    ],
  });
