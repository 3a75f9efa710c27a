# What a first process of the later generation is granted beside its host and runtime.
@0xa4f0c87b5de91236;

using Stem = import "stem.capnp";

interface Identity @0xa7c200e5b4726d89 {
  # The keys of the node, which do not leave it.

  signer @0 (domain :Text) -> (signer :Stem.Signer);
  verify @1 (data :Data, signature :Data, pubkey :Data) -> (valid :Bool);
}
