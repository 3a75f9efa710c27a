/** Generated from membrane.capnp, file id 0xa4f0c87b5de91236. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as stem_ from "./stem.ts";

/**
 * The keys of the node, which do not leave it.
 * @see later/membrane.capnp:Identity, 0xa7c200e5b4726d89
 */
export interface Identity extends $.Client<IdentityServer> {
  signer(domain: string, options?: $.CallOptions): $.Call<{ readonly signer: stem_.Signer }>;
  verify(
    data: $.Init<Uint8Array>,
    signature: $.Init<Uint8Array>,
    pubkey: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<{ readonly valid: boolean }>;
}
/** What an object implements to be served as `Identity`. */
export interface IdentityServer {
  signer(domain: string, context: $.CallContext): $.Served<{ readonly signer: stem_.Signer }>;
  verify(
    data: Uint8Array,
    signature: Uint8Array,
    pubkey: Uint8Array,
    context: $.CallContext,
  ): $.Served<{ readonly valid: boolean }>;
}
const Identity_signer_params: $.StructType<{ readonly domain: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa56d9108b3436977n,
    name: "Identity.signer$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ domain: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.domain !== undefined) {
          f = "domain";
          $.Text.write(s.pointer(0), value.domain);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Identity_signer_results: $.StructType<{ readonly signer: stem_.Signer }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x892a7fa9161c1a5cn,
    name: "Identity.signer$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { signer: [0, () => stem_.Signer] },
    read: (s) => ({ signer: stem_.Signer.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.signer !== undefined) {
          f = "signer";
          stem_.Signer.write(s.pointer(0), value.signer);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Identity_verify_params: $.StructType<{
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
  readonly pubkey: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x826fa6f609ead4ddn,
  name: "Identity.verify$Params",
  dataWords: 0,
  pointers: 3,
  read: (s) => ({
    data: $.Data.read(s.pointer(0)),
    signature: $.Data.read(s.pointer(1)),
    pubkey: $.Data.read(s.pointer(2)),
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
      if (value.pubkey !== undefined) {
        f = "pubkey";
        $.Data.write(s.pointer(2), value.pubkey);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Identity_verify_results: $.StructType<{ readonly valid: boolean }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xcc67b4568031dac4n,
    name: "Identity.verify$Results",
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
export const Identity: $.InterfaceType<Identity> = /* @__PURE__ */ $.defineInterface<Identity>({
  id: 0xa7c200e5b4726d89n,
  name: "Identity",
  methods: [
    {
      name: "signer",
      parameters: ["domain"],
      params: () => Identity_signer_params,
      results: () => Identity_signer_results,
    },
    {
      name: "verify",
      parameters: ["data", "signature", "pubkey"],
      params: () => Identity_verify_params,
      results: () => Identity_verify_results,
    },
  ],
});
