# Links to what runs in another tab.
@0x86cfce0c9275c3af;

using Node = import "node.capnp";

interface LiveDoor @0xebe4190b4034d56f {
  # The bootstrap capability of /ww/0.1.0/vat/live.

  open @0 (token :Data) -> (live :Live, state :LinkState);
  # `live` is set if the link is open.
}

enum LinkState @0xb3f6a0c81d5e7294 {
  open @0;
  idle @1;                  # What it leads to does not run now.
  unknown @2;               # The link has ended, or there was none with this token.
}

struct Live @0xbc77794b76376b1e {
  kind @0 :LiveKind;
  label @1 :Text;           # What it is, in the words of its owner.
  image @2 :Text;           # The path of the image that runs.
  cap @3 :Capability;       # A `SharedTerminal`, or what the image exports.
  tie @4 :LiveTie;
  attachedMs @5 :Float64;   # Since 1970: when the link was made to lead to it. Another time is another program.
}

interface LiveTie @0xb5d9697091bd98fe {
  # Tells visitors when what they have has ended.

  wait @0 () -> (end :LiveEnd);
  # Returns then, with the reason.
}

enum LiveEnd @0xe4c19d7702ab5f38 {
  closed @0;                # The owner has ended the link.
  expired @1;               # The time of the link is over.
  stopped @2;               # What it leads to has ended. The link stays.
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
