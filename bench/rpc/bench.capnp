# What the RPC bench calls.
@0xbd188465f360fb2d;

interface Bench @0x8980defd41e03b0d {
  echo @0 (text :Text) -> (text :Text);
  echoData @1 (data :Data) -> (data :Data);
  descend @2 () -> (next :Bench);
  # A further object of this kind.
  count @3 () -> (count :UInt32);
}
