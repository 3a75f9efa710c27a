# What a node offers to the code it runs: its place in the mesh, processes, byte streams.
@0xbf5147b78c0e6a2f;

struct PeerInfo @0x9a219c7d16c9532a {
  peerId @0 :Data;         # A libp2p peer id: the bytes of its multihash.
  addrs @1 :List(Data);    # Multiaddrs in their binary form.
}

interface Host @0x9ea70c8c9aefb70c {
  # The node that runs the caller.

  id @0 () -> (peerId :Data);
  addrs @1 () -> (addrs :List(Data));
  # The addresses under which others reach this node now; may be empty.
  peers @2 () -> (peers :List(PeerInfo));
  # Everyone the node is connected to now.
  connect @3 (peerId :Data, addrs :List(Data)) -> ();
  # Returns once the node is connected to the peer. Addresses that cannot be read are skipped.
  executor @4 () -> (executor :Executor);
}

interface Executor @0xbfa37c1e99b4a492 {
  # Starts processes.

  runBytes @0 (wasm :Data, args :List(Text), env :List(Text)) -> (process :Process);
  # Starts a WASI component; returns as soon as it runs. Each entry of env is "NAME=value".
  echo @1 (message :Text) -> (response :Text);
  # Answers "Echo: " and the message.
}

interface Process @0x97d4030d8435f0b1 {
  # A process and its standard streams. Dropping it does not end the process; kill does.

  stdin @0 () -> (stream :ByteStream);
  stdout @1 () -> (stream :ByteStream);
  stderr @2 () -> (stream :ByteStream);
  wait @3 () -> (exitCode :Int32);
  # Returns when the process has ended, every time with the same code; a trap is 1.
  bootstrap @4 () -> (cap :Capability);
  # The capability that the process serves on its own connection.
  kill @5 () -> ();
}

interface ByteStream @0xcb8707ff6dc46ee0 {
  # Bytes in order, in one direction.

  read @0 (maxBytes :UInt32) -> (data :Data);
  # 1 to maxBytes bytes as soon as there are any; empty at the end and ever after.
  write @1 (data :Data) -> ();
  # Returns when the bytes are taken; that waits while the pipe is full.
  close @2 () -> ();
  # Reads are at the end from here on, writes fail.
}
