# Reading, finding and making content.
@0xa7c3e8f1d4b29065;

using Node = import "node.capnp";

interface Ipfs @0xaf76aeff44d753df {
  read @0 (path :Text) -> (stream :Node.ByteStream);
  # The bytes of a file, by a path that begins with /ipfs/.
}

struct ProviderInfo @0x9340865f365af22c {
  peerId @0 :Data;
  addrs @1 :List(Data);
}

interface ProviderSink @0xa4417a711d451a24 {
  provider @0 (info :ProviderInfo) -> stream;
  done @1 ();
}

interface Routing @0xc03344a7b0a317be {
  # CIDs and names are texts; paths lie below a base CID.

  provide @0 (key :Text) -> ();
  findProviders @1 (key :Text, count :UInt32, sink :ProviderSink) -> ();
  hash @2 (data :Data) -> (key :Text);
  resolve @3 (name :Text) -> (path :Text);
  mkdir @4 (baseCid :Text, path :Text, parents :Bool) -> (rootCid :Text);
  writeFile @5 (baseCid :Text, path :Text, data :Data, createParents :Bool) -> (rootCid :Text);
  remove @6 (baseCid :Text, path :Text, recursive :Bool) -> (rootCid :Text);
  publish @7 (name :Text, cid :Text, expectedCurrent :Text) -> (publishedPath :Text);
  # Compares and sets; an empty `expectedCurrent` sets unconditionally.
}
