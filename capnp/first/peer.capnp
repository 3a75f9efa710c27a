# What a node of the first generation offers to guests: its libp2p identity and connections, and processes.
@0xbf5147b78c0e6a2f;

using Node = import "../common/node.capnp";

interface Host @0x9ea70c8c9aefb70c {
  # The node that runs the caller.

  id @0 () -> (peerId :Data);
  addrs @1 () -> (addrs :List(Data));
  # The addresses at which peers can reach this node now; may be empty.
  peers @2 () -> (peers :List(Node.PeerInfo));
  # The connected peers.
  connect @3 (peerId :Data, addrs :List(Data)) -> ();
  # Returns once the node is connected to the peer. Malformed addresses are skipped.
  executor @4 () -> (executor :Executor);
}

interface Executor @0xbfa37c1e99b4a492 {
  # Starts processes.

  runBytes @0 (wasm :Data, args :List(Text), env :List(Text)) -> (process :Node.Process);
  # Starts a WASI component; returns once it has started. Each entry of env is "NAME=value".
  echo @1 (message :Text) -> (response :Text);
  # Answers "Echo: " and the message.
}
