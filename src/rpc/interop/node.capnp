# What two vats do to each other in tests of random interleavings.
@0x8980defd41e03b0e;

interface Node @0xa1a1b0b1c0c1d010 {
  note @0 (handle :UInt32, number :UInt32) -> (count :UInt32);
  # Writes down which number of which handle has come; gives how many have.
  make @1 () -> (node :Node);
  echo @2 (node :Node) -> (node :Node);
  keep @3 (node :Node) -> ();
  # Holds it, in place of the one before.
  kept @4 () -> (node :Node);
  promise @5 () -> (node :Node);
  # A promise, kept or broken at the next keep.
  tail @6 (node :Node) -> (node :Node);
  # A tail call of make.
  never @7 (node :Node) -> ();
  # Returns when it is canceled.
}
