# What a node of the later generation offers to guests.
@0xbf5147b78c0e6a2f;

using Grants = import "../common/grants.capnp";
using Network = import "../common/network.capnp";
using Node = import "../common/node.capnp";

interface Host @0x9ea70c8c9aefb70c {
  # The node that runs the caller.

  id @0 () -> (peerId :Data);
  addrs @1 () -> (addrs :List(Data));
  peers @2 () -> (peers :List(Node.PeerInfo));
  network @3 () -> (
    streamListener :StreamListener,
    streamDialer :Network.StreamDialer,
    vatListener :Network.VatListener,
    vatClient :Network.VatClient,
    httpListener :HttpListener
  );
}

interface Runtime @0x87384748df10173c {
  load @0 (wasm :Data) -> (executor :Executor);
  # Compiles a component. Its bytes are sent once, however many processes are started from it.
  shutdown @1 () -> ();
  # Ends the run of the caller.
}

interface Executor @0xbfa37c1e99b4a492 {
  # A component that can be started.

  spawn @0 (
    args :List(Text),
    env :List(Text),
    caps :List(Grants.Export),
    fuelPolicy :FuelPolicy
  ) -> (process :Node.Process);
  # Starts a process with exactly these capabilities; returns once it has started. Each entry of env is "NAME=value".
  cid @1 () -> (cid :Text);
  # Of the component: CIDv1, raw, SHA-256.
}

struct FuelPolicy @0x84b0cf0b2b5d65f4 {
  union {
    scheduled @0 :Void;
    oneshot @1 :OneshotFuel;
  }
}

struct OneshotFuel @0xccae6a27582fa330 {
  # 10^9 units are one second of processor time.

  totalBudget @0 :UInt64;
  maxPerEpoch @1 :UInt64;   # Ignored.
  minPerEpoch @2 :UInt64;   # Ignored.
}

interface StreamListener @0xb21608b1a223181b {
  listen @0 (executor :Executor, protocol :Text, caps :List(Grants.Export)) -> ();
  # Starts a process for each stream that a peer opens; the stream is its standard input and output.
}

interface HttpListener @0xa854aae4e3daf856 {
  listen @0 (executor :Executor, prefix :Text, caps :List(Grants.Export)) -> ();
  # Starts a process for each request below the prefix (CGI), of at most 16 MiB and 30 s.
}
