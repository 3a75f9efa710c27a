/** Generated from authority.capnp, file id 0xbde1d7bc658f523e. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/** @see common/authority.capnp:AllowedMethod, 0xb67446cae6065412 */
export interface AllowedMethod {
  readonly interfaceId: bigint;
  readonly ordinal: number;
}
export const AllowedMethod: $.StructType<AllowedMethod> =
  /* @__PURE__ */ $.defineStruct<AllowedMethod>({
    id: 0xb67446cae6065412n,
    name: "AllowedMethod",
    dataWords: 2,
    pointers: 0,
    read: (s) => ({ interfaceId: s.uint64(0), ordinal: s.uint16(8) }),
    write(s, value) {
      let f = "";
      try {
        if (value.interfaceId !== undefined) {
          f = "interfaceId";
          s.setUint64(0, value.interfaceId);
        }
        if (value.ordinal !== undefined) {
          f = "ordinal";
          s.setUint16(8, value.ordinal);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see common/authority.capnp:MethodProfile, 0xd83a059c344a8667 */
export interface MethodProfile {
  readonly name: string;
  readonly methods: readonly AllowedMethod[];
}
export const MethodProfile: $.StructType<MethodProfile> =
  /* @__PURE__ */ $.defineStruct<MethodProfile>({
    id: 0xd83a059c344a8667n,
    name: "MethodProfile",
    dataWords: 0,
    pointers: 2,
    read: (s) => ({
      name: $.Text.read(s.pointer(0)),
      methods: AllowedMethod.readList(s.pointer(1)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.name !== undefined) {
          f = "name";
          $.Text.write(s.pointer(0), value.name);
        }
        if (value.methods !== undefined) {
          f = "methods";
          AllowedMethod.writeList(s.pointer(1), value.methods);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see common/authority.capnp:RecipientProfile, 0xe292f9787e80da61 */
export interface RecipientProfile {
  /** A public key of libp2p, as protobuf. */
  readonly verifyingKey: Uint8Array;
  readonly profile: string;
}
export const RecipientProfile: $.StructType<RecipientProfile> =
  /* @__PURE__ */ $.defineStruct<RecipientProfile>({
    id: 0xe292f9787e80da61n,
    name: "RecipientProfile",
    dataWords: 0,
    pointers: 2,
    read: (s) => ({ verifyingKey: $.Data.read(s.pointer(0)), profile: $.Text.read(s.pointer(1)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.verifyingKey !== undefined) {
          f = "verifyingKey";
          $.Data.write(s.pointer(0), value.verifyingKey);
        }
        if (value.profile !== undefined) {
          f = "profile";
          $.Text.write(s.pointer(1), value.profile);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see common/authority.capnp:AuthorityPolicy, 0xfc6c7e3c49acab2c */
export interface AuthorityPolicy {
  readonly profiles: readonly MethodProfile[];
  readonly recipients: readonly RecipientProfile[];
}
export const AuthorityPolicy: $.StructType<AuthorityPolicy> =
  /* @__PURE__ */ $.defineStruct<AuthorityPolicy>({
    id: 0xfc6c7e3c49acab2cn,
    name: "AuthorityPolicy",
    dataWords: 0,
    pointers: 2,
    read: (s) => ({
      profiles: MethodProfile.readList(s.pointer(0)),
      recipients: RecipientProfile.readList(s.pointer(1)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.profiles !== undefined) {
          f = "profiles";
          MethodProfile.writeList(s.pointer(0), value.profiles);
        }
        if (value.recipients !== undefined) {
          f = "recipients";
          RecipientProfile.writeList(s.pointer(1), value.recipients);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
