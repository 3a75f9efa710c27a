# Links to what runs in another tab.
@0x86cfce0c9275c3af;

using Node = import "node.capnp";

interface LiveDoor @0xebe4190b4034d56f {
  # The bootstrap capability of /ww/0.1.0/vat/live.

  open @0 (token :Data) -> (live :Live);
  # Fails for a token that leads to nothing; as `disconnected` while what it leads to does not run.
}

struct Live @0xbc77794b76376b1e {
  kind @0 :LiveKind;
  label @1 :Text;           # What it is, in the words of its owner.
  image @2 :Text;           # The path of the image that runs.
  cap @3 :Capability;       # A `SharedTerminal`, or what the image exports.
  tie @4 :LiveTie;
}

interface LiveTie @0xb5d9697091bd98fe {
  # Tells visitors when what they have has ended.

  wait @0 () -> ();
  # Fails then, and never returns.
}

enum LiveKind @0x8e508b93ab8e46b6 {
  screen @0;                # The output of a terminal.
  terminal @1;              # Its output and its keys.
  export @2;                # The bootstrap capability of the first process.
}

interface SharedTerminal @0xbb71265c3800cd42 {
  output @0 () -> (stream :Node.ByteStream);
  # What the terminal shows now, then what is written to it, as text with control sequences. A reader that is behind gets
  # all that is shown anew.
  input @1 () -> (stream :Node.ByteStream);
  # Keys, as a terminal sends them.
}
