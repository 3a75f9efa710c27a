# Which holders of keys may call which methods.
@0xbde1d7bc658f523e;

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
