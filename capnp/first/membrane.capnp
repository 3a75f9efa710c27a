# The authority that a node of the first generation grants in a session. New authority is added as further fields.
@0xa59e04af26eca82f;

using Blob = import "../common/blob.capnp";
using Grants = import "../common/grants.capnp";
using Network = import "../common/network.capnp";
using Peer = import "peer.capnp";
using Powerbox = import "../common/powerbox.capnp";

struct WetwareSession @0xb6e5de82604b5669 {
  host @0 :Peer.Host;
  executor @1 :Peer.Executor;
  network @2 :Network.Network;
  grants @3 :List(Grants.Export);
  # What the owner has granted to the image, by the names under which the image asks for it.
  powerbox @4 :Powerbox.Powerbox;
  launcher @5 :Grants.Launcher;
  blobs @6 :Blob.BlobStore;
  services @7 :Grants.Services;
}
