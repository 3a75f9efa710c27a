# The power over a kernel, which its page, its commands and its tests hold, and what a kernel is lent by its page.
@0xc9e9366a57c022fa;

using Peer = import "peer.capnp";
using Stem = import "stem.capnp";

interface Owner @0xd1b7a6a0c2c4e001 {
  # Everything that can be asked of a kernel.

  boot @0 (order :Order) -> (run :Run, id :UInt32);
  # Opens an image and runs it. Returns at once: how far that is, and what goes wrong, the run tells.
  runs @1 () -> (runs :List(RunEntry));
  # All that somebody holds or that were kept.
  watch @2 (watcher :RunWatcher) -> (watching :Capability);
  # Tells every run as it is, and each change of one, until `watching` is released.
  node @3 () -> (host :Peer.Host);
  # The node that the kernel is on.
  storage @4 () -> (usedBytes :Float64, quotaBytes :Float64);
  # What the origin has stored, and may store.
  system @5 () -> (mode :CellMode, limits :Limits);
  # How guests wait, and the limits that an order leaves to the kernel.
}

struct Order @0xd1b7a6a0c2c4e002 {
  # What is to be run.

  layers @0 :List(Text);
  # Names of layers, base first, each as a person types it. The last may name a program in the image.
  args @1 :List(Text);
  # The arguments after the first.
  argv0 @2 :Text;
  # The first argument; the program's path in the image where it is empty.
  env @3 :List(Variable);
  mounts @4 :List(Mount);
  writable @5 :Bool;
  # Whether the first process can write to the files of the image. What it writes goes with it.
  bare @6 :Bool;
  # Whether it sees no directory at all.
  limits @7 :Limits;
  terminal @8 :Terminal;
  saves @9 :Bool;
  # Whether the image is stored with all that the first process wrote, when that has exited.
}

struct Variable @0xd1b7a6a0c2c4e003 {
  name @0 :Text;
  value @1 :Text;
}

struct Mount @0xd1b7a6a0c2c4e004 {
  # A folder that the first process sees beside its image, and can write to. Its children do not have it.

  path @0 :Text;
  layer @1 :Text;
}

struct Limits @0xd1b7a6a0c2c4e005 {
  # What a run may use. Below 0, the kernel chooses.

  memoryBytes @0 :Float64 = -1;      # Of the memories of one process together.
  runMemoryBytes @1 :Float64 = -1;   # Of all processes together.
  memories @2 :Float64 = -1;         # Of one process.
  cpuSeconds @3 :Float64 = -1;       # That one process runs.
  openFiles @4 :Float64 = -1;        # Of one process.
  pipeBytes @5 :Float64 = -1;        # Unread in each pipe.
  children @6 :Float64 = -1;         # Of one process.
}

struct Terminal @0xd1b7a6a0c2c4e006 {
  # Which streams lead to a terminal. Where both outputs do, both are in `stdout`.

  stdin @0 :Bool;
  stdout @1 :Bool;
  stderr @2 :Bool;
}

enum CellMode @0xd1b7a6a0c2c4e007 {
  sharedMemory @0;
  jspi @1;
}

interface Run @0xd1b7a6a0c2c4e008 {
  # An image that is being opened, runs, or has ended. It is stopped when nobody holds it any more, unless it was kept.

  stdin @0 () -> (stream :Peer.ByteStream);
  stdout @1 () -> (stream :Peer.ByteStream);
  stderr @2 () -> (stream :Peer.ByteStream);
  # The streams of the first process; reads and writes wait until it has started.
  wait @3 () -> (outcome :Outcome);
  # Returns at the end, every time with the same outcome. Output that was not read by then still can be.
  stop @4 (reason :Text) -> ();
  # Kills every process; `wait` then gives the reason.
  keep @5 () -> ();
  # From here on, the run goes on when nobody holds it.
  bootstrap @6 () -> (cap :Capability);
  # What the first process serves.
  processes @7 () -> (processes :List(ProcessEntry));
  limits @8 () -> (limits :Limits);
  # Those that hold.
  saved @9 () -> (path :Text, car :Peer.ByteStream);
  # The image that was stored, at the end, of an order that `saves`: the path of its link, and the whole of it.
  epoch @10 () -> (epoch :Stem.Epoch);
  advance @11 (head :Data) -> (epoch :Stem.Epoch);
  # Begins the next epoch: what was issued under those before is refused from here on.
  counters @12 () -> (counters :List(Counters));
  # What each process that lives has used of the kernel so far.
}

struct RunEntry @0xd1b7a6a0c2c4e009 {
  id @0 :UInt32;            # Counts up; never used again.
  layers @1 :List(Text);
  stage @2 :Stage;
  processes @3 :List(ProcessEntry);
  run @4 :Run;
}

struct ProcessEntry @0xd1b7a6a0c2c4e00a {
  pid @0 :UInt32;           # 0 is the first.
  parent @1 :UInt32;        # Its own pid for the first.
  args @2 :List(Text);      # Beginning with its name.
}

struct Counters @0xd1b7a6a0c2c4e00f {
  pid @0 :UInt32;
  receivedMessages @1 :Float64;   # By the kernel, from the process.
  receivedBytes @2 :Float64;
  sentMessages @3 :Float64;
  sentBytes @4 :Float64;
  openCalls @5 :UInt32;           # Of the process, that the kernel has not answered yet.
  busyMs @6 :Float64;             # That its messages have kept the kernel's thread busy.
}

struct Stage @0xd1b7a6a0c2c4e00b {
  # How far a run is.

  union {
    opening @0 :Void;       # What opens it is being loaded.
    fetching @1 :Fetching;
    preparing @2 :Void;     # Its component is being compiled.
    running @3 :Void;
    ended @4 :Outcome;
  }
}

struct Fetching @0xd1b7a6a0c2c4e00c {
  layer @0 :UInt32;         # Counted from 1.
  layers @1 :UInt32;
  blocks @2 :UInt32;
  bytes @3 :Float64;
  totalBytes @4 :Float64 = -1;    # Below 0 where that is not known.
  waitSeconds @5 :Float64;        # How long a busy gateway asks to wait, while that is done.
}

struct Outcome @0xd1b7a6a0c2c4e00d {
  # How a run ended. The texts are for a person.

  union {
    exited @0 :Int32;       # With its code.
    trapped @1 :Text;
    killed @2 :Text;
    failed @3 :Text;        # It never began.
  }
}

interface RunWatcher @0xd1b7a6a0c2c4e00e {
  changed @0 (entry :RunEntry) -> ();
  gone @1 (id :UInt32) -> ();
}

interface Device @0xd1b7a6a0c2c4e010 {
  # What a page lends to its kernel.

  host @0 () -> (host :Peer.Host);
  # The page's node; starts no processes.
  open @1 (layers :List(Text), mounts :List(Mount), progress :Progress) -> (opened :OpenedImage);
  # Fetches an image and its mounts.
}

interface Progress @0xd1b7a6a0c2c4e011 {
  report @0 (fetching :Fetching) -> ();
}

struct OpenedImage @0xd1b7a6a0c2c4e016 {
  program @0 :Text;         # Its path, as it was named.
  entrypoint @1 :Text;      # The path of its component.
  trees @2 :List(Tree);     # The files of the image, then those of each mount.
  image @3 :Image;
}

interface Image @0xd1b7a6a0c2c4e012 {
  # What a page has opened; it ends when it is released.

  save @0 (snapshot :Tree) -> (path :Text, car :Peer.ByteStream);
  # Stores what the files have become. Entries that were kept stand in the trees above.
}

interface Tree @0xd1b7a6a0c2c4e013 {
  # Files that do not change.

  list @0 (from :UInt32) -> (entries :List(TreeEntry), count :UInt32, id :Text);
  # Some entries, in order, from the given index on, and how many there are in all. Trees of one id have the same contents,
  # now and later; it is empty where nobody says so.
  read @1 (path :Text, offset :Float64, lengthBytes :UInt32) -> (data :Data);
  # Fewer bytes at the end of the file alone.
}

struct TreeEntry @0xd1b7a6a0c2c4e014 {
  path @0 :Text;            # From the root, which is empty, without a slash at the front.
  modifiedNs @1 :Int64 = -1;      # Since 1970; below 0 where that is not known.
  union {
    directory @2 :Void;
    file @3 :Float64;       # Its size in bytes.
    link @4 :Text;          # Where it leads.
    kept @5 :Kept;          # In a snapshot: as in one of its volumes, with all that is below.
  }
}

struct Kept @0xd1b7a6a0c2c4e015 {
  volume @0 :UInt32;
  path @1 :Text;
}
