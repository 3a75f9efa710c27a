/** Generated from stem.capnp, file id 0x9bce094a026970c4. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/** @see first/stem.capnp:Epoch, 0xc736e79956026568 */
export interface Epoch {
  /** Ascending; a session is valid while its epoch is the latest. */
  readonly seq: bigint;
  /** The head at the beginning of the epoch. */
  readonly head: Uint8Array;
  /** The block that adopted the head, if heads are stored on a chain. */
  readonly adoptedBlock: bigint;
}
export const Epoch: $.StructType<Epoch> = /* @__PURE__ */ $.defineStruct<Epoch>({
  id: 0xc736e79956026568n,
  name: "Epoch",
  dataWords: 2,
  pointers: 1,
  read: (s) => ({ seq: s.uint64(0), head: $.Data.read(s.pointer(0)), adoptedBlock: s.uint64(8) }),
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
      if (value.adoptedBlock !== undefined) {
        f = "adoptedBlock";
        s.setUint64(8, value.adoptedBlock);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see first/stem.capnp:Status, 0xc373a899db84bd64 */
export type Status = "ok" | "unauthorized" | "internalError" | number;
export const Status: $.EnumType<"ok" | "unauthorized" | "internalError"> =
  /* @__PURE__ */ $.defineEnum(["ok", "unauthorized", "internalError"]);

/**
 * Proves the caller's identity.
 * @see first/stem.capnp:Signer, 0xafafaf9468b6a274
 */
export interface Signer extends $.Client<SignerServer> {
  sign(
    domain: string,
    nonce: bigint,
    options?: $.CallOptions,
  ): $.Call<{ readonly sig: Uint8Array }>;
}
/** What an object implements to be served as `Signer`. */
export interface SignerServer {
  sign(
    domain: string,
    nonce: bigint,
    context: $.CallContext,
  ): $.Served<{ readonly sig: Uint8Array }>;
}
const Signer_sign_params: $.StructType<{ readonly domain: string; readonly nonce: bigint }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd69e2045cda218c6n,
    name: "Signer.sign$Params",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({ domain: $.Text.read(s.pointer(0)), nonce: s.uint64(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.domain !== undefined) {
          f = "domain";
          $.Text.write(s.pointer(0), value.domain);
        }
        if (value.nonce !== undefined) {
          f = "nonce";
          s.setUint64(0, value.nonce);
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
      parameters: ["domain", "nonce"],
      params: () => Signer_sign_params,
      results: () => Signer_sign_results,
    },
  ],
});

/**
 * Fails once the session's epoch has passed.
 * @see first/stem.capnp:StatusPoller, 0xc1464c90f23af390
 */
export interface StatusPoller extends $.Client<StatusPollerServer> {
  pollStatus(options?: $.CallOptions): $.Call<{ readonly status: Status }>;
}
/** What an object implements to be served as `StatusPoller`. */
export interface StatusPollerServer {
  pollStatus(context: $.CallContext): $.Served<{ readonly status: Status }>;
}
const StatusPoller_pollStatus_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb9a6172b61a2230fn,
  name: "StatusPoller.pollStatus$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const StatusPoller_pollStatus_results: $.StructType<{ readonly status: Status }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x97937041a0bf4b7an,
    name: "StatusPoller.pollStatus$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ status: Status.toName(s.uint16(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.status !== undefined) {
          f = "status";
          s.setUint16(0, Status.toOrdinal(value.status));
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const StatusPoller: $.InterfaceType<StatusPoller> =
  /* @__PURE__ */ $.defineInterface<StatusPoller>({
    id: 0xc1464c90f23af390n,
    name: "StatusPoller",
    methods: [
      {
        name: "pollStatus",
        parameters: [],
        params: () => StatusPoller_pollStatus_params,
        results: () => StatusPoller_pollStatus_results,
      },
    ],
  });

/** @see first/stem.capnp:Session, 0xa10769b2c99dfc5c */
export interface Session<Extension> {
  readonly issuedEpoch: Epoch;
  readonly statusPoller: StatusPoller;
  /** The authority that this kind of node grants. */
  readonly extension: Extension;
}
export function Session<Extension>(
  Extension: $.PointerType<Extension>,
): $.StructType<Session<Extension>> {
  return /* @__PURE__ */ $.defineStruct<Session<Extension>>({
    id: 0xa10769b2c99dfc5cn,
    name: "Session",
    dataWords: 0,
    pointers: 3,
    pipelined: {
      issuedEpoch: [0, () => Epoch],
      statusPoller: [1, () => StatusPoller],
      extension: [2, () => Extension],
    },
    read: (s) => ({
      issuedEpoch: Epoch.read(s.pointer(0)),
      statusPoller: StatusPoller.read(s.pointer(1)),
      extension: Extension.read(s.pointer(2)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.issuedEpoch !== undefined) {
          f = "issuedEpoch";
          Epoch.write(s.pointer(0), value.issuedEpoch);
        }
        if (value.statusPoller !== undefined) {
          f = "statusPoller";
          StatusPoller.write(s.pointer(1), value.statusPoller);
        }
        if (value.extension !== undefined) {
          f = "extension";
          Extension.write(s.pointer(2), value.extension);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
}

/** @see first/stem.capnp:Membrane, 0xdb52c25106bc2c5e */
export interface Membrane<SessionExt> extends $.Client<MembraneServer<SessionExt>> {
  /** A session of the current epoch. The signer may be null if the node requires no proof. */
  graft(
    signer: $.Init<Signer>,
    options?: $.CallOptions,
  ): $.Call<{ readonly session: Session<SessionExt> }>;
}
/** What an object implements to be served as `Membrane`. */
export interface MembraneServer<SessionExt> {
  /** A session of the current epoch. The signer may be null if the node requires no proof. */
  graft(
    signer: Signer,
    context: $.CallContext,
  ): $.Served<{ readonly session: Session<SessionExt> }>;
}
export function Membrane<SessionExt>(
  SessionExt: $.PointerType<SessionExt>,
): $.InterfaceType<Membrane<SessionExt>> {
  const Membrane_graft_params: $.StructType<{ readonly signer: Signer }> =
    /* @__PURE__ */ $.defineStruct({
      id: 0xa2a2c11a72c21493n,
      name: "Membrane.graft$Params",
      dataWords: 0,
      pointers: 1,
      pipelined: { signer: [0, () => Signer] },
      read: (s) => ({ signer: Signer.read(s.pointer(0)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.signer !== undefined) {
            f = "signer";
            Signer.write(s.pointer(0), value.signer);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  const Membrane_graft_results: $.StructType<{ readonly session: Session<SessionExt> }> =
    /* @__PURE__ */ $.defineStruct({
      id: 0x84bddf053380d99en,
      name: "Membrane.graft$Results",
      dataWords: 0,
      pointers: 1,
      pipelined: { session: [0, () => Session(SessionExt)] },
      read: (s) => ({ session: Session(SessionExt).read(s.pointer(0)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.session !== undefined) {
            f = "session";
            Session(SessionExt).write(s.pointer(0), value.session);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  return /* @__PURE__ */ $.defineInterface<Membrane<SessionExt>>({
    id: 0xdb52c25106bc2c5en,
    name: "Membrane",
    methods: [
      {
        name: "graft",
        parameters: ["signer"],
        params: () => Membrane_graft_params,
        results: () => Membrane_graft_results,
      },
    ],
  });
}
