/** Generated from auth.capnp, file id 0xd0e3f9c78a4b21f1. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as stem_ from "./stem.ts";
import * as authority_ from "../common/authority.ts";

/** @see later/auth.capnp:LoginStatus, 0xb8b4d9a87c2e6f31 */
export type LoginStatus =
  | "uninitialized"
  | "denied"
  | "invalidRequest"
  | "invalidProof"
  | "staleEpoch"
  | "backendUnavailable"
  | "timedOut"
  | "overloaded"
  | "granted"
  | number;
export const LoginStatus: $.EnumType<
  | "uninitialized"
  | "denied"
  | "invalidRequest"
  | "invalidProof"
  | "staleEpoch"
  | "backendUnavailable"
  | "timedOut"
  | "overloaded"
  | "granted"
> = /* @__PURE__ */ $.defineEnum([
  "uninitialized",
  "denied",
  "invalidRequest",
  "invalidProof",
  "staleEpoch",
  "backendUnavailable",
  "timedOut",
  "overloaded",
  "granted",
]);

/** @see later/auth.capnp:Terminal, 0xeae8840b2a898ba9 */
export interface Terminal<Session> extends $.Client<TerminalServer<Session>> {
  /** Good for one login. */
  login(
    signer: $.Init<stem_.Signer>,
    options?: $.CallOptions,
  ): $.Call<{ readonly session: Session; readonly status: LoginStatus; readonly detail: string }>;
}
/** What an object implements to be served as `Terminal`. */
export interface TerminalServer<Session> {
  /** Good for one login. */
  login(
    signer: stem_.Signer,
    context: $.CallContext,
  ): $.Served<{ readonly session: Session; readonly status: LoginStatus; readonly detail: string }>;
}
export function Terminal<Session>(
  Session: $.PointerType<Session>,
): $.InterfaceType<Terminal<Session>> {
  const Terminal_login_params: $.StructType<{ readonly signer: stem_.Signer }> =
    /* @__PURE__ */ $.defineStruct({
      id: 0x8f7eb654eaed7e18n,
      name: "Terminal.login$Params",
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
  const Terminal_login_results: $.StructType<{
    readonly session: Session;
    readonly status: LoginStatus;
    readonly detail: string;
  }> = /* @__PURE__ */ $.defineStruct({
    id: 0x90aff8be489bb1ecn,
    name: "Terminal.login$Results",
    dataWords: 1,
    pointers: 2,
    pipelined: { session: [0, () => Session] },
    read: (s) => ({
      session: Session.read(s.pointer(0)),
      status: LoginStatus.toName(s.uint16(0)),
      detail: $.Text.read(s.pointer(1)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.session !== undefined) {
          f = "session";
          Session.write(s.pointer(0), value.session);
        }
        if (value.status !== undefined) {
          f = "status";
          s.setUint16(0, LoginStatus.toOrdinal(value.status));
        }
        if (value.detail !== undefined) {
          f = "detail";
          $.Text.write(s.pointer(1), value.detail);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
  return /* @__PURE__ */ $.defineInterface<Terminal<Session>>({
    id: 0xeae8840b2a898ba9n,
    name: "Terminal",
    methods: [
      {
        name: "login",
        parameters: ["signer"],
        params: () => Terminal_login_params,
        results: () => Terminal_login_results,
      },
    ],
  });
}

/** @see later/auth.capnp:OpaqueSession, 0xc11f8355d7fce6bb */
export interface OpaqueSession extends $.Client<OpaqueSessionServer> {}
/** What an object implements to be served as `OpaqueSession`. */
export interface OpaqueSessionServer {}
export const OpaqueSession: $.InterfaceType<OpaqueSession> =
  /* @__PURE__ */ $.defineInterface<OpaqueSession>({
    id: 0xc11f8355d7fce6bbn,
    name: "OpaqueSession",
    methods: [],
  });

/** @see later/auth.capnp:Authority, 0xd11909df3e523d41 */
export interface Authority extends $.Client<AuthorityServer> {
  guard(
    session: $.Init<OpaqueSession>,
    policy: $.Init<authority_.AuthorityPolicy>,
    options?: $.CallOptions,
  ): $.Call<{ readonly terminal: Terminal<OpaqueSession> }>;
}
/** What an object implements to be served as `Authority`. */
export interface AuthorityServer {
  guard(
    session: OpaqueSession,
    policy: authority_.AuthorityPolicy,
    context: $.CallContext,
  ): $.Served<{ readonly terminal: Terminal<OpaqueSession> }>;
}
const Authority_guard_params: $.StructType<{
  readonly session: OpaqueSession;
  readonly policy: authority_.AuthorityPolicy;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xd707b4537877fa5fn,
  name: "Authority.guard$Params",
  dataWords: 0,
  pointers: 2,
  pipelined: { session: [0, () => OpaqueSession], policy: [1, () => authority_.AuthorityPolicy] },
  read: (s) => ({
    session: OpaqueSession.read(s.pointer(0)),
    policy: authority_.AuthorityPolicy.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.session !== undefined) {
        f = "session";
        OpaqueSession.write(s.pointer(0), value.session);
      }
      if (value.policy !== undefined) {
        f = "policy";
        authority_.AuthorityPolicy.write(s.pointer(1), value.policy);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Authority_guard_results: $.StructType<{ readonly terminal: Terminal<OpaqueSession> }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xdea28450908170dcn,
    name: "Authority.guard$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { terminal: [0, () => Terminal(OpaqueSession)] },
    read: (s) => ({ terminal: Terminal(OpaqueSession).read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.terminal !== undefined) {
          f = "terminal";
          Terminal(OpaqueSession).write(s.pointer(0), value.terminal);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Authority: $.InterfaceType<Authority> = /* @__PURE__ */ $.defineInterface<Authority>({
  id: 0xd11909df3e523d41n,
  name: "Authority",
  methods: [
    {
      name: "guard",
      parameters: ["session", "policy"],
      params: () => Authority_guard_params,
      results: () => Authority_guard_results,
    },
  ],
});
