# Sessions for holders of keys.
@0xd0e3f9c78a4b21f1;

using Policy = import "../common/authority.capnp";
using Stem = import "stem.capnp";

enum LoginStatus @0xb8b4d9a87c2e6f31 {
  uninitialized @0;
  denied @1;
  invalidRequest @2;
  invalidProof @3;
  staleEpoch @4;
  backendUnavailable @5;
  timedOut @6;
  overloaded @7;
  granted @8;
}

interface Terminal @0xeae8840b2a898ba9 (Session) {
  login @0 (signer :Stem.Signer) -> (session :Session, status :LoginStatus, detail :Text);
  # Good for one login.
}

interface OpaqueSession @0xc11f8355d7fce6bb {}

interface Authority @0xd11909df3e523d41 {
  guard @0 (session :OpaqueSession, policy :Policy.AuthorityPolicy) -> (terminal :Terminal(OpaqueSession));
}
