# Sessions for holders of keys.
@0xd0e3f9c78a4b21f1;

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

struct AllowedMethod @0xb67446cae6065412 {
  interfaceId @0 :UInt64;
  ordinal @1 :UInt16;
}

struct MethodProfile @0xd83a059c344a8667 {
  name @0 :Text;
  methods @1 :List(AllowedMethod);
}

struct RecipientProfile @0xe292f9787e80da61 {
  verifyingKey @0 :Data;    # A public key of libp2p, as protobuf.
  profile @1 :Text;
}

struct AuthorityPolicy @0xfc6c7e3c49acab2c {
  profiles @0 :List(MethodProfile);
  recipients @1 :List(RecipientProfile);
}

interface Authority @0xd11909df3e523d41 {
  guard @0 (session :OpaqueSession, policy :AuthorityPolicy) -> (terminal :Terminal(OpaqueSession));
}
