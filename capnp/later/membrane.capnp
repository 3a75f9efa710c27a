# What a first process of the later generation is granted beside its host and runtime.
@0xa4f0c87b5de91236;

using Node = import "../common/node.capnp";
using Stem = import "stem.capnp";

interface Identity @0xa7c200e5b4726d89 {
  # The keys of the node, which do not leave it.

  signer @0 (domain :Text) -> (signer :Stem.Signer);
  verify @1 (data :Data, signature :Data, pubkey :Data) -> (valid :Bool);
}

interface Ipfs @0xaf76aeff44d753df {
  read @0 (path :Text) -> (stream :Node.ByteStream);
}
