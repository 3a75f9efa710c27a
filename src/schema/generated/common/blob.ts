/** Generated from blob.capnp, file id 0xc539a216fb16a5b0. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/** @see common/blob.capnp:BlobStore, 0xc539a216fb16a5b3 */
export interface BlobStore extends $.Client<BlobStoreServer> {
  /** The bytes cannot change any more. They are charged to the caller until the last holder has released the blob. */
  freeze(data: $.Init<Uint8Array>, options?: $.CallOptions): $.Call<{ readonly blob: Blob }>;
  /** The same for a message with its capabilities. Such a blob has no CID. */
  freezeMessage(
    root: $.Init<$.PointerReader>,
    options?: $.CallOptions,
  ): $.Call<{ readonly blob: Blob }>;
  /** A blob of bytes that is alive, by its CID. */
  open(cid: string, options?: $.CallOptions): $.Call<{ readonly blob: Blob }>;
}
/** What an object implements to be served as `BlobStore`. */
export interface BlobStoreServer {
  /** The bytes cannot change any more. They are charged to the caller until the last holder has released the blob. */
  freeze(data: Uint8Array, context: $.CallContext): $.Served<{ readonly blob: Blob }>;
  /** The same for a message with its capabilities. Such a blob has no CID. */
  freezeMessage(root: $.PointerReader, context: $.CallContext): $.Served<{ readonly blob: Blob }>;
  /** A blob of bytes that is alive, by its CID. */
  open(cid: string, context: $.CallContext): $.Served<{ readonly blob: Blob }>;
}
const BlobStore_freeze_params: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe3d9ab0e31fc5147n,
    name: "BlobStore.freeze$Params",
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
const BlobStore_freeze_results: $.StructType<{ readonly blob: Blob }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf059fb82a556467en,
    name: "BlobStore.freeze$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { blob: [0, () => Blob] },
    read: (s) => ({ blob: Blob.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.blob !== undefined) {
          f = "blob";
          Blob.write(s.pointer(0), value.blob);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const BlobStore_freezeMessage_params: $.StructType<{ readonly root: $.PointerReader }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd4bc8628b8c265d1n,
    name: "BlobStore.freezeMessage$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ root: $.AnyPointer.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.root !== undefined) {
          f = "root";
          $.AnyPointer.write(s.pointer(0), value.root);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const BlobStore_freezeMessage_results: $.StructType<{ readonly blob: Blob }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xed13dffe629a94a5n,
    name: "BlobStore.freezeMessage$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { blob: [0, () => Blob] },
    read: (s) => ({ blob: Blob.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.blob !== undefined) {
          f = "blob";
          Blob.write(s.pointer(0), value.blob);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const BlobStore_open_params: $.StructType<{ readonly cid: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe65a8711e047673an,
    name: "BlobStore.open$Params",
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
  });
const BlobStore_open_results: $.StructType<{ readonly blob: Blob }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe479f391fb50bc0en,
    name: "BlobStore.open$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { blob: [0, () => Blob] },
    read: (s) => ({ blob: Blob.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.blob !== undefined) {
          f = "blob";
          Blob.write(s.pointer(0), value.blob);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const BlobStore: $.InterfaceType<BlobStore> = /* @__PURE__ */ $.defineInterface<BlobStore>({
  id: 0xc539a216fb16a5b3n,
  name: "BlobStore",
  methods: [
    {
      name: "freeze",
      parameters: ["data"],
      params: () => BlobStore_freeze_params,
      results: () => BlobStore_freeze_results,
    },
    {
      name: "freezeMessage",
      parameters: ["root"],
      params: () => BlobStore_freezeMessage_params,
      results: () => BlobStore_freezeMessage_results,
    },
    {
      name: "open",
      parameters: ["cid"],
      params: () => BlobStore_open_params,
      results: () => BlobStore_open_results,
    },
  ],
});

/** @see common/blob.capnp:Blob, 0xc539a216fb16a5b4 */
export interface Blob extends $.Client<BlobServer> {
  size(options?: $.CallOptions): $.Call<{ readonly bytes: number }>;
  /** At most 256 KiB; fewer than that and `lengthBytes` only at the end. */
  read(
    offset: number,
    lengthBytes: number,
    options?: $.CallOptions,
  ): $.Call<{ readonly data: Uint8Array }>;
  /** CIDv1, raw, SHA-256. Empty if the blob is a message with capabilities. */
  cid(options?: $.CallOptions): $.Call<{ readonly cid: string }>;
  /** The frozen message, with its capabilities. */
  message(options?: $.CallOptions): $.Call<{ readonly root: $.PointerReader }>;
}
/** What an object implements to be served as `Blob`. */
export interface BlobServer {
  size(context: $.CallContext): $.Served<{ readonly bytes: number }>;
  /** At most 256 KiB; fewer than that and `lengthBytes` only at the end. */
  read(
    offset: number,
    lengthBytes: number,
    context: $.CallContext,
  ): $.Served<{ readonly data: Uint8Array }>;
  /** CIDv1, raw, SHA-256. Empty if the blob is a message with capabilities. */
  cid(context: $.CallContext): $.Served<{ readonly cid: string }>;
  /** The frozen message, with its capabilities. */
  message(context: $.CallContext): $.Served<{ readonly root: $.PointerReader }>;
}
const Blob_size_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xfc3684ba35234e23n,
  name: "Blob.size$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Blob_size_results: $.StructType<{ readonly bytes: number }> = /* @__PURE__ */ $.defineStruct({
  id: 0xab9cfd58a565f9a0n,
  name: "Blob.size$Results",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ bytes: s.float64(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.bytes !== undefined) {
        f = "bytes";
        s.setFloat64(0, value.bytes);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Blob_read_params: $.StructType<{ readonly offset: number; readonly lengthBytes: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8c3329e0586410b4n,
    name: "Blob.read$Params",
    dataWords: 2,
    pointers: 0,
    read: (s) => ({ offset: s.float64(0), lengthBytes: s.uint32(8) }),
    write(s, value) {
      let f = "";
      try {
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
const Blob_read_results: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd5243d391c1eb598n,
    name: "Blob.read$Results",
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
const Blob_cid_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe189c3d4b7deb80dn,
  name: "Blob.cid$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Blob_cid_results: $.StructType<{ readonly cid: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xd940084378d9a845n,
  name: "Blob.cid$Results",
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
});
const Blob_message_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe7ed18b24940016en,
  name: "Blob.message$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Blob_message_results: $.StructType<{ readonly root: $.PointerReader }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xcac27e95700993c1n,
    name: "Blob.message$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ root: $.AnyPointer.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.root !== undefined) {
          f = "root";
          $.AnyPointer.write(s.pointer(0), value.root);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Blob: $.InterfaceType<Blob> = /* @__PURE__ */ $.defineInterface<Blob>({
  id: 0xc539a216fb16a5b4n,
  name: "Blob",
  methods: [
    {
      name: "size",
      parameters: [],
      params: () => Blob_size_params,
      results: () => Blob_size_results,
    },
    {
      name: "read",
      parameters: ["offset", "lengthBytes"],
      params: () => Blob_read_params,
      results: () => Blob_read_results,
    },
    { name: "cid", parameters: [], params: () => Blob_cid_params, results: () => Blob_cid_results },
    {
      name: "message",
      parameters: [],
      params: () => Blob_message_params,
      results: () => Blob_message_results,
    },
  ],
});
