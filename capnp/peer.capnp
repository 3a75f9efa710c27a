# What a node offers to guests: its libp2p identity and connections, processes, byte streams.
@0xbf5147b78c0e6a2f;

struct PeerInfo @0x9a219c7d16c9532a {
  peerId @0 :Data;         # A libp2p peer id: the bytes of its multihash.
  addrs @1 :List(Data);    # Multiaddrs in their binary form.
}

interface Host @0x9ea70c8c9aefb70c {
  # The node that runs the caller.

  id @0 () -> (peerId :Data);
  addrs @1 () -> (addrs :List(Data));
  # The addresses at which peers can reach this node now; may be empty.
  peers @2 () -> (peers :List(PeerInfo));
  # The connected peers.
  connect @3 (peerId :Data, addrs :List(Data)) -> ();
  # Returns once the node is connected to the peer. Malformed addresses are skipped.
  executor @4 () -> (executor :Executor);
}

interface Executor @0xbfa37c1e99b4a492 {
  # Starts processes.

  runBytes @0 (wasm :Data, args :List(Text), env :List(Text)) -> (process :Process);
  # Starts a WASI component; returns once it has started. Each entry of env is "NAME=value".
  echo @1 (message :Text) -> (response :Text);
  # Answers "Echo: " and the message.
}

interface Process @0x97d4030d8435f0b1 {
  # A process and its standard streams. Dropping it does not end the process; kill does.

  stdin @0 () -> (stream :ByteStream);
  stdout @1 () -> (stream :ByteStream);
  stderr @2 () -> (stream :ByteStream);
  wait @3 () -> (exitCode :Int32);
  # Returns when the process has ended, each time with the same code; a trap is 1.
  bootstrap @4 () -> (cap :Capability);
  # The capability that the process serves on its own connection.
  kill @5 () -> ();
}

interface ByteStream @0xcb8707ff6dc46ee0 {
  # Bytes in order, in one direction.

  read @0 (maxBytes :UInt32) -> (data :Data);
  # Returns 1 to maxBytes bytes as soon as there are any; empty data at the end and afterwards.
  write @1 (data :Data) -> ();
  # Returns when all bytes are in the pipe; waits while the pipe is full.
  close @2 () -> ();
  # Later reads return the end, later writes fail.
}
