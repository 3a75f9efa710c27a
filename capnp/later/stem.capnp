# The origin of authority, as the later generation of nodes has it.
@0x9bce094a026970c4;

using Grants = import "../common/grants.capnp";

struct Epoch @0xc736e79956026568 {
  seq @0 :UInt64;            # Ascending; what was grafted is valid while its epoch is the latest.
  head @1 :Data;             # The head at the beginning of the epoch.
  provenance :union {
    block @2 :UInt64;        # The block that adopted the head.
    timestamp @3 :UInt64;    # When the head was adopted, in seconds since 1970.
  }
}

interface Signer @0xafafaf9468b6a274 {
  # Proves the caller's identity.
  sign @0 (nonce :UInt64, epochSeq :UInt64) -> (sig :Data);
}

interface Membrane @0xdb52c25106bc2c5e {
  graft @0 () -> (caps :List(Grants.Export));
  # All that a first process has, by name, for the current epoch.
}
