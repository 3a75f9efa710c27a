# What both generations of nodes have alike: peers, processes, byte streams.
@0xfcc5f0a468ff3473;

struct PeerInfo @0x9a219c7d16c9532a {
  peerId @0 :Data;         # A libp2p peer id: the bytes of its multihash.
  addrs @1 :List(Data);    # Multiaddrs in their binary form.
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
