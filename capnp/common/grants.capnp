# Capabilities that are given by name, and processes that are started with them.
@0x93430f052b8eb583;

using Node = import "node.capnp";

struct Export @0xbb8d5590cb2f3d2e {
  name @0 :Text;
  cap @1 :Capability;
}

interface InitialGrants @0xae9edc968ee787fe {
  # The bootstrap capability of a process that was started with grants.

  get @0 () -> (caps :List(Export));
  # Exactly what the parent gave, the same at each call.
}

interface Services @0xc539a216fb16a5b5 {
  # The services of an image: nested images below svc/, which are started after its first process.

  list @0 () -> (services :List(Service));
  # In the order of their names.
  find @1 (name :Text) -> (cap :Capability);
  # What the service serves on its connection; waits until it runs.
}

struct Service @0xc539a216fb16a5b6 {
  name @0 :Text;
  state @1 :ServiceState;
  starts @2 :UInt32;      # How often it was started.
}

enum ServiceState @0xc539a216fb16a5b7 {
  starting @0;
  running @1;
  waiting @2;             # It will be started again after a while.
  ended @3;
}

interface Launcher @0xc539a216fb16a5b1 {
  # Starts processes that get named capabilities and nothing else. Their bootstrap capability is InitialGrants.

  launch @0 (launch :Launch) -> (process :Node.Process);
}

struct Launch @0xc539a216fb16a5b2 {
  program :union {
    bytes @0 :Data;
    path @1 :Text;
    # In the image of the caller; the component does not pass through the caller.
    image @2 :Text;
    # A path of an image, beginning with /ipfs/. The process sees the files of that image.
  }
  args @3 :List(Text);
  env @4 :List(Text);
  # Each entry is "NAME=value".
  grants @5 :List(Export);
  # Names are not empty, and each is given once.
  label @6 :Text;
  # What the owner's account calls the process; by default the name of the program.
  memoryBytes @7 :Float64 = -1;
  cpuSeconds @8 :Float64 = -1;
  # Limits of the process, within those of the run. Below 0, the kernel chooses.
}
