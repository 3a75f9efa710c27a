/** Generated from stem.capnp, file id 0x9bce094a026970c4. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as grants_ from "../common/grants.ts";

/** @see later/stem.capnp:Epoch, 0xc736e79956026568 */
export interface Epoch {
  /** Ascending; what was grafted is valid while its epoch is the latest. */
  readonly seq: bigint;
  /** The head at the beginning of the epoch. */
  readonly head: Uint8Array;
  readonly provenance:
    | {
        readonly which: "block";
        /** The block that adopted the head. */
        readonly block: bigint;
      }
    | {
        readonly which: "timestamp";
        /** When the head was adopted, in seconds since 1970. */
        readonly timestamp: bigint;
      }
    | { readonly which: number; readonly block?: undefined; readonly timestamp?: undefined };
}
export const Epoch: $.StructType<Epoch> = /* @__PURE__ */ $.defineStruct<Epoch>({
  id: 0xc736e79956026568n,
  name: "Epoch",
  dataWords: 3,
  pointers: 1,
  read: (s) => ({
    seq: s.uint64(0),
    head: $.Data.read(s.pointer(0)),
    provenance: (() => {
      const which = s.uint16(16);
      switch (which) {
        case 0:
          return { which: "block" as const, block: s.uint64(8) };
        case 1:
          return { which: "timestamp" as const, timestamp: s.uint64(8) };
        default:
          return { which };
      }
    })(),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.seq !== undefined) {
        f = "seq";
        s.setUint64(0, value.seq);
      }
      if (value.head !== undefined) {
        f = "head";
        $.Data.write(s.pointer(0), value.head);
      }
      if (value.provenance !== undefined) {
        f = "provenance";
        switch (value.provenance.which) {
          case "block":
            s.setUint16(16, 0);
            if (value.provenance.block !== undefined) {
              f = "provenance.block";
              s.setUint64(8, value.provenance.block);
            }
            break;
          case "timestamp":
            s.setUint16(16, 1);
            if (value.provenance.timestamp !== undefined) {
              f = "provenance.timestamp";
              s.setUint64(8, value.provenance.timestamp);
            }
            break;
          case undefined:
            $.requireNone(value.provenance, ["block", "timestamp"]);
            break;
          default:
            f = "provenance.which";
            s.setUint16(16, value.provenance.which);
        }
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * Proves the caller's identity.
 * @see later/stem.capnp:Signer, 0xafafaf9468b6a274
 */
export interface Signer extends $.Client<SignerServer> {
  sign(
    nonce: bigint,
    epochSeq: bigint,
    options?: $.CallOptions,
  ): $.Call<{ readonly sig: Uint8Array }>;
}
/** What an object implements to be served as `Signer`. */
export interface SignerServer {
  sign(
    nonce: bigint,
    epochSeq: bigint,
    context: $.CallContext,
  ): $.Served<{ readonly sig: Uint8Array }>;
}
const Signer_sign_params: $.StructType<{ readonly nonce: bigint; readonly epochSeq: bigint }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd69e2045cda218c6n,
    name: "Signer.sign$Params",
    dataWords: 2,
    pointers: 0,
    read: (s) => ({ nonce: s.uint64(0), epochSeq: s.uint64(8) }),
    write(s, value) {
      let f = "";
      try {
        if (value.nonce !== undefined) {
          f = "nonce";
          s.setUint64(0, value.nonce);
        }
        if (value.epochSeq !== undefined) {
          f = "epochSeq";
          s.setUint64(8, value.epochSeq);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Signer_sign_results: $.StructType<{ readonly sig: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb37b945d7b765d8an,
    name: "Signer.sign$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ sig: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.sig !== undefined) {
          f = "sig";
          $.Data.write(s.pointer(0), value.sig);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Signer: $.InterfaceType<Signer> = /* @__PURE__ */ $.defineInterface<Signer>({
  id: 0xafafaf9468b6a274n,
  name: "Signer",
  methods: [
    {
      name: "sign",
      parameters: ["nonce", "epochSeq"],
      params: () => Signer_sign_params,
      results: () => Signer_sign_results,
    },
  ],
});

/** @see later/stem.capnp:Membrane, 0xdb52c25106bc2c5e */
export interface Membrane extends $.Client<MembraneServer> {
  /** All that a first process has, by name, for the current epoch. */
  graft(options?: $.CallOptions): $.Call<{ readonly caps: readonly grants_.Export[] }>;
}
/** What an object implements to be served as `Membrane`. */
export interface MembraneServer {
  /** All that a first process has, by name, for the current epoch. */
  graft(context: $.CallContext): $.Served<{ readonly caps: readonly grants_.Export[] }>;
}
const Membrane_graft_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa2a2c11a72c21493n,
  name: "Membrane.graft$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Membrane_graft_results: $.StructType<{ readonly caps: readonly grants_.Export[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x84bddf053380d99en,
    name: "Membrane.graft$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ caps: grants_.Export.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.caps !== undefined) {
          f = "caps";
          grants_.Export.writeList(s.pointer(0), value.caps);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Membrane: $.InterfaceType<Membrane> = /* @__PURE__ */ $.defineInterface<Membrane>({
  id: 0xdb52c25106bc2c5en,
  name: "Membrane",
  methods: [
    {
      name: "graft",
      parameters: [],
      params: () => Membrane_graft_params,
      results: () => Membrane_graft_results,
    },
  ],
});
