# The authority that a Wetware node grants in a session. New authority is added as further fields.
@0xa59e04af26eca82f;

using Peer = import "peer.capnp";

struct WetwareSession @0xb6e5de82604b5669 {
  host @0 :Peer.Host;
  executor @1 :Peer.Executor;
}
