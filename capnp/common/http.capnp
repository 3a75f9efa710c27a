# Requests to servers, from a client that is bound to those which its holder may call.
@0xc8e3b0a1d2f4e567;

using Node = import "node.capnp";

struct Header @0xd73ec8c0818e5793 {
  name @0 :Text;
  value @1 :Text;
}

interface HttpClient @0xf00a15d09fb8f360 {
  get @0 (url :Text, headers :List(Header)) -> (status :UInt16, headers :List(Header), body :Data);
  post @1 (url :Text, headers :List(Header), body :Data) -> (status :UInt16, headers :List(Header), body :Data);
  request @2 (method :Text, url :Text, headers :List(Header), body :Node.ByteStream) -> (status :UInt16, headers :List(Header), body :Node.ByteStream);
  # The same for any method that was granted, with bodies to be read. A null body is none.
}
